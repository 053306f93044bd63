/** Passkeys in the browser: signing in, confirming, and making one. What speaks WebAuthn loads with the first use. */
import { type Api, attempt, Refusal } from "#components/ui/attempt.ts";
import { enter } from "./sign-in.ts";

type WebAuthn = typeof import("@simplewebauthn/browser");

/** A question is good for five minutes; before that the browser's suggestions get another. */
const ASK_AGAIN_MS = 4 * 60_000;

/** Lets the person choose a passkey, and signs in with it. With an e-mail address it has to be that account's. */
export async function signInWithPasskey(email: string): Promise<void> {
  const optionsJSON = await question((api) => api.passkeys.signInOptions({}));
  const response = await ceremony(({ startAuthentication }) => startAuthentication({ optionsJSON }));
  await enterWith(response, email);
}

/**
 * Offers passkeys among the browser's suggestions at the field marked `webauthn`, where it can, until the returned function
 * is called. Another ceremony must not begin before that.
 */
export function offerPasskeys(onUse: (entering: Promise<void>) => void): () => void {
  let stopped = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stop = () => {};
  const offer = async () => {
    const { browserSupportsWebAuthnAutofill, startAuthentication, WebAuthnAbortService } = await load();
    if (stopped || !(await browserSupportsWebAuthnAutofill())) return;
    const optionsJSON = await question((api) => api.passkeys.signInOptions({}));
    if (stopped) return;
    stop = () => WebAuthnAbortService.cancelCeremony();
    timer = setTimeout(begin, ASK_AGAIN_MS);
    const response = await startAuthentication({ optionsJSON, useBrowserAutofill: true });
    clearTimeout(timer);
    if (!stopped) onUse(enterWith(response, ""));
  };
  // What cannot be offered, or was put aside, is no failure: the form is there.
  const begin = () => void offer().catch(() => {});
  begin();
  return () => {
    stopped = true;
    clearTimeout(timer);
    stop();
  };
}

/** Proves once more who one is, with one of the account's own passkeys. Not in the line: a question in it may wait for this. */
export async function confirmWithPasskey(): Promise<void> {
  const optionsJSON = await attempt((api) => api.passkeys.confirmOptions({}));
  const response = await ceremony(({ startAuthentication }) => startAuthentication({ optionsJSON }));
  await attempt((api) => api.passkeys.confirm({ response }));
}

/** Has a passkey made on a device or in a password manager, and registers it with the account. */
export async function addPasskey(name: string) {
  const optionsJSON = await question((api) => api.passkeys.addOptions({ name }));
  const response = await ceremony(({ startRegistration }) => startRegistration({ optionsJSON }));
  return attempt((api) => api.passkeys.add({ name, response }));
}

const enterWith = (response: unknown, email: string): Promise<void> =>
  enter(
    "passkey",
    { response: JSON.stringify(response), email },
    email.trim() === ""
      ? "This passkey does not open an account here. Sign in another way."
      : "This passkey does not belong to that e-mail address. Clear the address to sign in with any of your passkeys.",
  );

let asked: Promise<unknown> = Promise.resolve();

/** One question after the other: the first answer sets the cookie that the challenges of all are bound to. */
function question<T>(call: (api: Api) => Promise<T>): Promise<T> {
  const answer = asked.then(() => attempt(call));
  asked = answer.catch(() => {});
  return answer;
}

async function ceremony<T>(run: (webauthn: WebAuthn) => Promise<T>): Promise<T> {
  const webauthn = await load();
  if (!webauthn.browserSupportsWebAuthn())
    throw refusal("unsupported", "This browser cannot use passkeys here. They need https, or localhost.");
  try {
    return await run(webauthn);
  } catch (error) {
    throw refusalOf(error);
  }
}

const load = (): Promise<WebAuthn> =>
  import("@simplewebauthn/browser").catch(() => {
    throw refusal("unreachable", "The panel did not answer. Check your connection and try again.");
  });

/** Browsers tell little, so that pages cannot find out what passkeys there are. */
function refusalOf(error: unknown): Refusal {
  const name = error instanceof Error ? error.name : "";
  if (name === "InvalidStateError")
    return refusal("already_exists", "This device or password manager holds a passkey of your account already.");
  if (name === "SecurityError")
    return refusal("wrong_address", "Passkeys do not work at this address. Open the panel at its usual one.");
  if (name === "NotAllowedError" || name === "AbortError")
    return refusal("cancelled", "No passkey was used. Try again, or choose another way.");
  return refusal("device", "The device could not do that. Try again, or use another.");
}

const refusal = (code: string, message: string): Refusal => new Refusal({ code, message, fields: {}, details: {} });
