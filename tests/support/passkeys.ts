/** A browser with an authenticator at hand: what it asks the panel, and what it answers. */
import {
  assert,
  type CreationOptions,
  type Credential,
  create,
  type Lies,
  type RequestOptions,
} from "./authenticator.ts";
import type { Answer, Panel } from "./panel.ts";
import { type SignInAnswer, signInWithPasskey } from "./sign-in.ts";

export interface Device {
  /** The cookies it sends: what tells it from other browsers, and a session if it has one. */
  cookies(): string;
  session: string;
  ask<T>(path: string, body?: unknown): Promise<Answer<T>>;
  /** What it needs to make a passkey. */
  askToAdd(name?: string): Promise<Answer<CreationOptions>>;
  send<T = { code: string; id: string }>(method: string, path: string, body?: unknown): Promise<Answer<T>>;
  /** Registers a passkey with the session's account. */
  add(name: string, lies?: Lies): Promise<{ credential: Credential; answer: Answer<{ id: string; code: string }> }>;
  /** Signs in, and keeps the session if that worked. */
  signIn(credential: Credential, lies?: Lies, email?: string): Promise<SignInAnswer>;
  confirm(credential: Credential, lies?: Lies): Promise<Answer<{ code: string; confirmedAt: number }>>;
}

/** `session` is the cookie of one, as `name=value`. */
export function device(panel: Panel, session = "", address = "192.0.2.200"): Device {
  let browser = "";
  const self: Device = {
    session,
    cookies: () => [browser, self.session].filter(Boolean).join("; "),
    async send(method, path, body) {
      const answer = await panel.call(method, path, body, {
        cookie: self.cookies(),
        "x-zonegate-address": address,
      });
      const set = answer.headers.getSetCookie().find((line) => line.startsWith("zonegate.browser="));
      if (set) browser = set.split(";")[0] ?? "";
      return answer as never;
    },
    ask: (path, body) => self.send("POST", path, body),
    askToAdd: (name = "A passkey") => self.ask("/account/passkeys/options", { name }),
    async add(name, lies) {
      const options = await self.askToAdd();
      const { credential, response } = create(options.body, lies);
      return { credential, answer: await self.send("POST", "/account/passkeys", { name, response }) };
    },
    async signIn(credential, lies, email = "") {
      const options = await self.ask<RequestOptions>("/sign-in/passkey/options");
      const response = assert(credential, options.body, lies);
      const answer = await signInWithPasskey(response, { cookie: self.cookies(), address, email });
      if (answer.cookie) self.session = answer.cookie;
      return answer;
    },
    async confirm(credential, lies) {
      const options = await self.ask<RequestOptions>("/account/confirm/passkey/options");
      return self.send("POST", "/account/confirm/passkey", { response: assert(credential, options.body, lies) });
    },
  };
  return self;
}
