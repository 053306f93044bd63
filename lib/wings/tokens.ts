/**
 * What the panel signs for browsers and other nodes, each for one thing. Pure but for the reading of a node's secret.
 *
 * Daemons before 1.12.2 know no scopes: what is signed for one thing they take for another, where it can be decoded as that.
 * So what no daemon reads in a token is there in a form in which the other kinds cannot be decoded.
 */
import { createHash, randomUUID } from "node:crypto";
import { SignJWT } from "jose";
import { env } from "#lib/env.ts";
import { baseOf } from "#lib/nodes/config.ts";
import { tokenOf } from "#lib/nodes/credentials.ts";
import { hasScopes } from "#lib/nodes/version.ts";
import type { NodeAddress } from "./call.ts";

/** What a token is signed with, and for whom. */
export interface Signer {
  secret: string;
  /** Of the node, as browsers reach it. */
  address: string;
  /** Of the panel. */
  origin: string;
  /** Whether the daemon asks what a token is for. */
  scopes: boolean;
  /** Seconds, by the node's clock: what it signs and denies goes by that. */
  now: number;
}

export const signerOf = (node: NodeAddress): Signer => ({
  secret: tokenOf(node),
  address: baseOf(node),
  origin: env().origin,
  scopes: hasScopes(node.version),
  now: Math.floor((Date.now() + (node.driftMs ?? 0)) / 1000),
});

/** One person and one server. */
export interface Holder {
  user: string;
  server: string;
}

/** Seconds. A socket is asked again while it is open; everything else counts when it is used, at once. */
export const SOCKET_SECONDS = 600;
export const ADDRESS_SECONDS = 120;

/** Always the same for a person and a server: it is what can be denied on daemons of old. */
export const jtiOf = ({ user, server }: Holder): string =>
  createHash("sha256").update(`${user}\n${server}`).digest("hex").slice(0, 32);

/** For the console's socket, with exactly these permissions. */
export const socketToken = (signer: Signer, holder: Holder, permissions: readonly string[]): Promise<string> =>
  sign(signer, SOCKET_SECONDS, {
    scope: "websocket",
    jti: jtiOf(holder),
    user_uuid: holder.user,
    server_uuid: holder.server,
    permissions,
    // No socket has one. As a number it makes of this token none for an upload.
    ...(signer.scopes ? {} : { unique_id: 0 }),
  });

/** Where the browser gets one file, once. */
export const fileAddress = async (signer: Signer, holder: Holder, file: string): Promise<string> =>
  address(signer, "/download/file", await download(signer, holder, "file-download", { file_path: file }));

/** Where the browser gets a backup, once. */
export const backupAddress = async (signer: Signer, holder: Holder, backup: string): Promise<string> =>
  address(signer, "/download/backup", await download(signer, holder, "backup-download", { backup_uuid: backup }));

/** Where the browser sends files, once; `directory` is added to it. */
export const uploadAddress = async (signer: Signer, holder: Holder): Promise<string> =>
  address(
    signer,
    "/upload/file",
    await sign(signer, ADDRESS_SECONDS, {
      scope: "file-upload",
      jti: jtiOf(holder),
      user_uuid: holder.user,
      server_uuid: holder.server,
      unique_id: randomUUID(),
    }),
  );

/** For the source, to bring one server to the node of the signer. Nothing else ever carries a `sub`. */
export const transferToken = (signer: Signer, server: string): Promise<string> =>
  sign(signer, ADDRESS_SECONDS, { scope: "transfer", sub: server, jti: randomUUID() });

const download = (signer: Signer, holder: Holder, scope: string, what: object): Promise<string> =>
  sign(signer, ADDRESS_SECONDS, {
    scope,
    jti: jtiOf(holder),
    // Daemons of old do not read it here. As a number it makes of this token none for an upload.
    user_uuid: signer.scopes ? holder.user : 0,
    server_uuid: holder.server,
    unique_id: randomUUID(),
    ...what,
  });

/** Times are whole seconds: a daemon cannot decode anything else. */
const sign = ({ secret, address: audience, origin, now }: Signer, seconds: number, claims: object): Promise<string> =>
  new SignJWT({ ...claims, iss: origin, aud: audience, iat: now, nbf: now - 300, exp: now + seconds })
    .setProtectedHeader({ alg: "HS256", typ: "JWT" })
    .sign(new TextEncoder().encode(secret));

const address = ({ address: base }: Signer, path: string, token: string): string => `${base}${path}?token=${token}`;
