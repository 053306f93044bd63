/** The API of passkeys: one's own, signing in with one, and confirming with one. */
import * as z from "zod";
import { anyone, signedIn } from "#lib/api/guards.ts";
import { addPasskey, optionsToAdd, ownPasskeys, removePasskey, renamePasskey } from "./passkeys.ts";
import {
  Assertion,
  Attestation,
  CreationOptions,
  OwnPasskeys,
  Passkey,
  passkeyName,
  RequestOptions,
} from "./shapes.ts";
import { confirmWithPasskey, optionsToConfirm, optionsToSignIn } from "./sign-in.ts";

/** One can be the second factor that a role asks for. */
const enrolling = { enrolling: true };
/** A question leaves nothing but a challenge. */
const reads = { guard: "signedIn", argument: "", reads: true } as const;

export const list = signedIn({}, enrolling)
  .route({ method: "GET", path: "/account/passkeys", summary: "One's own passkeys" })
  .output(OwnPasskeys)
  .handler(({ context }) => ownPasskeys(context.actor.id));

/** With the name, so that what is wrong with it is said before a device has made anything. */
export const addOptions = signedIn({ name: passkeyName }, { fresh: true, ...enrolling })
  .meta(reads)
  .route({ method: "POST", path: "/account/passkeys/options", summary: "What a browser needs to make a passkey" })
  .output(CreationOptions)
  .handler(({ context }) => optionsToAdd(context.actor, context.trace.cookies));

export const add = signedIn({ name: passkeyName, response: Attestation }, { fresh: true, ...enrolling })
  .route({ method: "POST", path: "/account/passkeys", successStatus: 201, summary: "Register a passkey" })
  .output(Passkey)
  .handler(({ context, input }) => addPasskey(context.actor, input.name, input.response, context.trace.cookies));

export const rename = signedIn({ passkey: z.string(), name: passkeyName })
  .route({ method: "PATCH", path: "/account/passkeys/{passkey}", summary: "Rename a passkey" })
  .output(Passkey)
  .handler(({ context, input }) => renamePasskey(context.actor, input.passkey, input.name));

export const remove = signedIn({ passkey: z.string() }, { fresh: true })
  .route({
    method: "DELETE",
    path: "/account/passkeys/{passkey}",
    summary: "Remove a passkey, but not the last way in",
  })
  .output(z.object({}))
  .handler(({ context, input }) => {
    removePasskey(context.actor, input.passkey);
    return {};
  });

export const signInOptions = anyone({})
  .meta({ guard: "anyone", argument: "", reads: true })
  .route({
    method: "POST",
    path: "/sign-in/passkey/options",
    summary: "What a browser needs to sign in with a passkey",
  })
  .output(RequestOptions)
  .handler(({ context }) => optionsToSignIn(context.actor, context.trace.cookies));

export const confirmOptions = signedIn({}, enrolling)
  .meta(reads)
  .route({ method: "POST", path: "/account/confirm/passkey/options", summary: "What a browser needs to confirm" })
  .output(RequestOptions)
  .handler(({ context }) => optionsToConfirm(context.actor, context.trace.cookies));

export const confirm = signedIn({ response: Assertion }, enrolling)
  .route({ method: "POST", path: "/account/confirm/passkey", summary: "Confirm with a passkey that it is you" })
  .output(z.object({ confirmedAt: z.number().int() }))
  .handler(({ context, input }) => confirmWithPasskey(context.actor, input.response, context.trace.cookies));
