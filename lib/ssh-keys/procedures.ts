/** The API of an account's SSH keys. */
import * as z from "zod";
import { signedIn } from "#lib/api/guards.ts";
import { addKey, listKeys, removeKey } from "./ssh-keys.ts";

const Key = z.object({ id: z.string(), name: z.string(), fingerprint: z.string(), createdAt: z.number().int() });

export const list = signedIn({})
  .route({ method: "GET", path: "/account/ssh-keys", summary: "One's own SSH keys" })
  .output(z.object({ items: z.array(Key) }))
  .handler(({ context }) => ({ items: listKeys(context.actor.id) }));

export const add = signedIn(
  {
    name: z
      .string()
      .trim()
      .min(1, "Give the key a name that tells where it is kept.")
      .max(60, "A name has at most 60 characters.")
      .regex(/^[^\p{Cc}\p{Cf}]*$/u, "A name cannot contain control characters."),
    key: z.string().max(8000, "This is too long for a public key."),
  },
  { fresh: true },
)
  .route({ method: "POST", path: "/account/ssh-keys", successStatus: 201, summary: "Add an SSH key" })
  .output(Key)
  .handler(({ context, input }) => addKey(input, context.actor));

export const remove = signedIn({ key: z.string() })
  .route({ method: "DELETE", path: "/account/ssh-keys/{key}", summary: "Remove an SSH key" })
  .output(z.object({ removed: z.string() }))
  .handler(({ context, input }) => removeKey(input.key, context.actor));
