/** x-content-type-options: a reply is what its media type says, whatever its bytes look like. */
export const noSniffing = "nosniff";

/** content-security-policy of what is no page: opened as one, it loads and runs nothing. Pages have policies of their own. */
export const noPage = "default-src 'none'; frame-ancestors 'none'";
