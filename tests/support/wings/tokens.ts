/** Tokens that the panel signed for browsers and other nodes, read as daemons read them. */
import { createHmac, timingSafeEqual } from "node:crypto";
import { type Claims, knowsScopes, type Server, secondsOf, type Wings } from "./state.ts";

export type Scope = "websocket" | "file-upload" | "file-download" | "backup-download" | "transfer";

/** How the daemon says what is wrong. */
export class JwtError extends Error {}

/** Signature and times. Throws. */
export function verified(wings: Wings, token: string): Claims {
  const [header = "", payload = "", signature = ""] = token.split(".");
  const wanted = createHmac("sha256", wings.config?.token ?? "")
    .update(`${header}.${payload}`)
    .digest();
  const given = Buffer.from(signature, "base64url");
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) throw new JwtError("jwt: invalid signature");
  const claims = JSON.parse(Buffer.from(payload, "base64url").toString()) as Claims;
  for (const name of ["exp", "iat", "nbf"] as const) {
    const value = (claims as Partial<Record<typeof name, unknown>>)[name];
    if (value !== undefined && !Number.isInteger(value)) throw new JwtError(`jwt: cannot decode ${name}`);
  }
  assertCurrent(wings, claims);
  return claims;
}

export function assertCurrent(wings: Wings, claims: Claims): void {
  if (typeof claims.exp !== "number" || secondsOf(wings) >= claims.exp) throw new JwtError("jwt: exp claim is invalid");
}

/** A text, as a typed daemon decodes it: anything else fails the token. */
export function textOf(claims: Claims, name: "user_uuid" | "server_uuid" | "unique_id" | "file_path" | "backup_uuid") {
  const value = claims[name] ?? "";
  if (typeof value !== "string") throw new JwtError(`jwt: ${name} is no text`);
  return value;
}

export const hasScope = (wings: Wings, claims: Claims, scope: Scope): boolean =>
  !knowsScopes(wings) || (typeof claims.scope === "string" && claims.scope.split(" ").includes(scope));

/** Issued before the daemon was started, or before somebody said that it is to count no more. */
export function isDenied(wings: Wings, claims: Claims, server: string): boolean {
  const issued = claims.iat ?? 0;
  if (issued < wings.bootedAt) return true;
  const dead = wings.denied.get(claims.jti ?? "");
  if (dead !== undefined && issued <= dead) return true;
  const refused = wings.deauthorized.get(`${claims.user_uuid} ${server}`);
  return refused !== undefined && issued <= refused;
}

/** What a signed address opens: null is an address that leads nowhere. Throws for a token that does not hold. */
export function openSigned(
  wings: Wings,
  token: string,
  scope: "file-upload" | "file-download" | "backup-download",
): { claims: Claims; server: Server } | null {
  const claims = verified(wings, token);
  const unique = textOf(claims, "unique_id");
  const uuid = textOf(claims, "server_uuid");
  // Daemons of old decode the person of uploads alone, ask for no scope, and know no denial of what is not a socket's.
  if (scope === "file-upload" || knowsScopes(wings)) textOf(claims, "user_uuid");
  if (!hasScope(wings, claims, scope)) return null;
  if (knowsScopes(wings) && (textOf(claims, "user_uuid") === "" || isDenied(wings, claims, uuid))) return null;
  if (wings.used.has(unique)) return null;
  const server = wings.servers.get(uuid);
  if (!server) return null;
  wings.used.add(unique);
  return { claims, server };
}
