/** The folders that all users write to, and programs expect to be there. */
export const sharedFolders = ["/tmp", "/var/tmp", "/dev/shm"];
