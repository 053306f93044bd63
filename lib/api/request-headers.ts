/** What the server that owns the socket tells those who answer. It drops any of it that a client sends. */

/** The address of the client. */
export const ADDRESS_HEADER = "x-zonegate-address";

/** The path and query that was asked for. */
export const PATH_HEADER = "x-zonegate-path";
