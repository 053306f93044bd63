/** What an authenticator app does, written from the RFCs and not with the panel's library. */
import { createHmac } from "node:crypto";
import type { Person } from "./panel.ts";

/** The code of a time step, 0 for now's (RFC 6238 over RFC 4226 §5.3). */
export function codeOf(secret: string, steps = 0): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + steps));
  const hash = createHmac("sha1", fromBase32(secret)).update(counter).digest();
  const at = (hash.at(-1) ?? 0) & 15;
  return String((hash.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

/** The middle of the present time step, for tests that stop the clock there. */
export const midStep = (): number => Math.floor(Date.now() / 30_000) * 30_000 + 15_000;

export interface Started {
  secret: string;
  uri: string;
  enrolment: string;
  fields: Record<string, string>;
}

/** Sets an app up with the code of the step before, so that now's and the next are still good. */
export async function enrol(person: Pick<Person, "call">) {
  const { secret, enrolment } = (await person.call<Started>("POST", "/account/totp")).body;
  const answer = await person.call<{ recoveryCodes: string[]; sessionsEnded: number }>("PUT", "/account/totp", {
    enrolment,
    code: codeOf(secret, -1),
  });
  return { secret, answer, codes: answer.body.recoveryCodes };
}

/** RFC 4648 §6. */
function fromBase32(text: string): Buffer {
  const bits = [...text].map((letter) =>
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0"),
  );
  const octets = bits.join("").match(/.{8}/g) ?? [];
  return Buffer.from(octets.map((octet) => Number.parseInt(octet, 2)));
}
