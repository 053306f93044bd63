/** What people call the kinds of database hosts, and the states of databases. */
export const kindNames = { mariadb: "MariaDB", postgresql: "PostgreSQL" } as const;

export const stateNames = { creating: "Being made", ready: "Ready", deleting: "Being deleted" } as const;
