/** What people call the kinds of database hosts. */
export const kindNames = { mariadb: "MariaDB", postgresql: "PostgreSQL" } as const;
