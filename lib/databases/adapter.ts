/** What the panel does at a database host, whatever speaks there. Everything can be done twice with the same result. */
export const databaseKinds = ["mariadb", "postgresql"] as const;
export type DatabaseKind = (typeof databaseKinds)[number];

/** Where a host is, and what the panel proves itself with. */
export interface HostAddress {
  host: string;
  port: number;
  username: string;
  password: string;
  tls: "off" | "verify";
  /** PEM. */
  ca: string | null;
}

/** Names are of lower-case letters, digits and underscores; passwords of letters and digits. */
export interface DatabaseLogin {
  database: string;
  username: string;
  password: string;
}

export interface DatabaseAdapter {
  /** Whether the account can do what the panel needs. Rejects with a sentence where it cannot. */
  test(): Promise<{ version: string }>;
  /** The database, and an account that can do anything in it and nothing outside. */
  create(login: DatabaseLogin): Promise<void>;
  setPassword(username: string, password: string): Promise<void>;
  /** Whoever is connected is cut off. */
  drop(names: Pick<DatabaseLogin, "database" | "username">): Promise<void>;
  /** Octets, by name; those that are not there are missing. */
  sizes(databases: readonly string[]): Promise<Map<string, number>>;
}

/** What went wrong, as a sentence for whoever set the host up. Never the host's own words: they may hold anything. */
export class DatabaseHostError extends Error {
  override name = "DatabaseHostError";
}

/** The address that is connected to, so that a name cannot mean another one a moment later. */
export type AddressOf = (host: string, port: number) => Promise<string>;

export const CONNECT_MS = 8000;
export const QUERY_MS = 20_000;

const NETWORK: Readonly<Record<string, string>> = {
  ENOTFOUND: "This name has no address.",
  ECONNREFUSED: "Nothing listens at this address and port.",
  ETIMEDOUT: "The host did not answer in time.",
  ECONNRESET: "The host ended the connection.",
  CERT_HAS_EXPIRED: "The host’s certificate has expired.",
  ERR_TLS_CERT_ALTNAME_INVALID: "The host’s certificate is for another name.",
  DEPTH_ZERO_SELF_SIGNED_CERT:
    "The host’s certificate is signed by itself. Give the panel the certificate that signed it.",
  SELF_SIGNED_CERT_IN_CHAIN: "Nobody that the panel trusts has signed the host’s certificate.",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "Nobody that the panel trusts has signed the host’s certificate.",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "Nobody that the panel trusts has signed the host’s certificate.",
};

/** By the code of the network, or of the host's own (`more`). */
export function hostError(error: unknown, more: Readonly<Record<string, string>>): DatabaseHostError {
  if (error instanceof DatabaseHostError) return error;
  if (error instanceof Error && error.name === "AddressRefused") return new DatabaseHostError(error.message);
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const known = more[code] ?? NETWORK[code];
  return new DatabaseHostError(known ?? "The host answered with an error that the panel does not know.", {
    cause: error,
  });
}
