/** The API of API tokens. No token gets near it. */
import * as z from "zod";
import { can, staff } from "#lib/api/guards.ts";
import { listQuery, page } from "#lib/api/list.ts";
import { CreatedToken, newToken, OwnedToken, Token, tokenEdit } from "./shapes.ts";
import { allTokens, createToken, editToken, revokeOf, revokeOwn, tokensOf } from "./tokens.ts";

const query = listQuery(["createdAt", "name", "lastUsedAt"]);
const noted = { refusals: "token" } as const;
const Revoked = z.object({ revoked: z.string() });

export const list = can("apikeys:read", query)
  .route({ method: "GET", path: "/account/tokens", summary: "One's own API tokens" })
  .output(page(Token))
  .handler(({ context, input }) => tokensOf(context.actor.id, input, context.actor));

export const create = can("apikeys:create", newToken, { ...noted, fresh: true })
  .route({ method: "POST", path: "/account/tokens", successStatus: 201, summary: "Make an API token" })
  .output(CreatedToken)
  .handler(({ context, input }) => createToken(input, context.actor, context.actor));

/** Taking rights away is a part of revoking. */
export const edit = can("apikeys:delete", { token: z.string(), ...tokenEdit }, noted)
  .route({ method: "PATCH", path: "/account/tokens/{token}", summary: "Rename an API token, or take rights from it" })
  .output(Token)
  .handler(({ context, input: { token, ...changes } }) => editToken(token, changes, context.actor));

export const revoke = can("apikeys:delete", { token: z.string() }, noted)
  .route({ method: "DELETE", path: "/account/tokens/{token}", summary: "Revoke an API token" })
  .output(Revoked)
  .handler(({ context, input }) => revokeOwn(input.token, context.actor));

export const all = staff("users:read", query)
  .route({ method: "GET", path: "/admin/tokens", summary: "Everybody's API tokens" })
  .output(page(OwnedToken))
  .handler(({ context, input }) => allTokens(input, context.actor));

export const listOf = staff("users:read", { user: z.string(), ...query })
  .route({ method: "GET", path: "/admin/users/{user}/tokens", summary: "An account's API tokens" })
  .output(page(Token))
  .handler(({ context, input }) => tokensOf(input.user, input, context.actor));

export const revokeAnyones = staff("admin:user:edit", { user: z.string(), token: z.string() }, { refusals: "account" })
  .route({ method: "DELETE", path: "/admin/users/{user}/tokens/{token}", summary: "Revoke an account's API token" })
  .output(Revoked)
  .handler(({ context, input }) => revokeOf(input.user, input.token, context.actor));
