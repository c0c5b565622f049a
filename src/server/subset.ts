/** What of the service can be had alone, beside its health and its documents. */
export const subsetNames = ["check"] as const;
export type Subset = (typeof subsetNames)[number];
