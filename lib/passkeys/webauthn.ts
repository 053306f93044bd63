/** The WebAuthn ceremonies (Level 3 §7): what the browser is asked, and whether its answer proves it. Nothing is stored here. */
import { createHash } from "node:crypto";
import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from "@simplewebauthn/server";
import { decodeAttestationObject, decodeClientDataJSON } from "@simplewebauthn/server/helpers";
import { Problem } from "#lib/api/errors.ts";
import { type Asked, CHALLENGE_MS, openChallenge, takeChallenge } from "#lib/auth/challenges.ts";
import { env } from "#lib/env.ts";
import type { Assertion, Attestation } from "./shapes.ts";

/** A passkey as far as the ceremonies need it. */
export interface Credential {
  userId: string;
  credentialId: string;
  publicKey: Buffer;
  transports: string;
}

/** What a good answer tells. */
export interface Proof {
  userVerified: boolean;
  backedUp: boolean;
  counter: number;
}

/** Why an answer is refused, for the audit log; people are told one sentence for all of them. */
export class Refused extends Error {}

/** EdDSA, ES256 and RS256: what authenticators have. */
const ALGORITHMS = [-8, -7, -257];

/** Passkeys belong to a host name, which the environment decides and no request. */
export const passkeysAvailable = (): boolean => env().rpId !== null;

function relyingParty(): { rpID: string; origin: string } {
  const { rpId, origin } = env();
  if (rpId === null)
    throw new Problem("feature_disabled", "Passkeys need a host name, and this panel is opened at an IP address.");
  return { rpID: rpId, origin };
}

/** Opaque, and the same for each of an account's passkeys, also after the panel's secret has changed. */
const userHandle = (userId: string): Buffer => createHash("sha256").update(`passkeys of ${userId}`).digest();

export async function creationOptions(
  account: { id: string; email: string; name: string },
  existing: readonly Credential[],
  cookies: Asked["cookies"],
) {
  const { rpID } = relyingParty();
  return generateRegistrationOptions({
    rpName: "Zonegate",
    rpID,
    userID: new Uint8Array(userHandle(account.id)),
    userName: account.email,
    userDisplayName: account.name,
    challenge: challengeFor({ purpose: "passkey.add", userId: account.id, cookies }),
    timeout: CHALLENGE_MS,
    attestationType: "none",
    supportedAlgorithmIDs: ALGORITHMS,
    excludeCredentials: existing.map(descriptor),
    authenticatorSelection: { residentKey: "required", userVerification: "preferred" },
  });
}

/** With `allowed` only those will do; without, whichever the person chooses. */
export async function requestOptions(asked: Asked, allowed?: readonly Credential[]) {
  const { rpID } = relyingParty();
  return generateAuthenticationOptions({
    rpID,
    challenge: challengeFor(asked),
    timeout: CHALLENGE_MS,
    userVerification: "preferred",
    ...(allowed && { allowCredentials: allowed.map(descriptor) }),
  });
}

/** The new credential that an answer holds. Throws `Refused`. */
export async function verifyAttestation(response: Attestation, asked: Asked) {
  const { rpID, origin } = relyingParty();
  const expectedChallenge = takenChallenge(response.response.clientDataJSON, asked);
  assertSelfContained(response.response.attestationObject);
  const { registrationInfo } = await orRefused(
    verifyRegistrationResponse({
      response,
      expectedChallenge,
      expectedOrigin: origin,
      expectedRPID: rpID,
      requireUserVerification: false,
      supportedAlgorithmIDs: ALGORITHMS,
    }),
  );
  if (!registrationInfo) throw new Refused("the attestation is not right");
  const { credential, aaguid, userVerified, credentialDeviceType, credentialBackedUp } = registrationInfo;
  return {
    credentialId: credential.id,
    publicKey: Buffer.from(credential.publicKey),
    counter: credential.counter,
    transports: JSON.stringify(response.response.transports),
    aaguid,
    userVerified,
    synced: credentialDeviceType === "multiDevice",
    backedUp: credentialBackedUp,
  };
}

/**
 * Whether an answer was signed with the passkey that `find` has under its id. Throws `Refused`. The counter is not compared
 * here but where it is stored, so that no two answers pass with the same one, and nobody moves it without a signature.
 */
export async function verifyAssertion<C extends Credential>(
  response: Assertion,
  asked: Asked,
  find: (credentialId: string) => C | undefined,
): Promise<{ credential: C; proof: Proof }> {
  const { rpID, origin } = relyingParty();
  const expectedChallenge = takenChallenge(response.response.clientDataJSON, asked);
  const credential = find(response.id);
  if (!credential) throw new Refused("no such passkey");
  const { userHandle: handle, ...signed } = response.response;
  // Who did not say who they are is told by the handle; who did may leave it out (§7.2, step 6).
  const told = handle ? handle === userHandle(credential.userId).toString("base64url") : asked.userId !== null;
  if (!told || (asked.userId !== null && asked.userId !== credential.userId))
    throw new Refused("the passkey of another account");
  const { verified, authenticationInfo } = await orRefused(
    verifyAuthenticationResponse({
      response: { ...response, response: signed },
      expectedChallenge,
      expectedOrigin: origin,
      expectedRPID: rpID,
      credential: { id: credential.credentialId, publicKey: new Uint8Array(credential.publicKey), counter: 0 },
      requireUserVerification: false,
    }),
  );
  if (!verified) throw new Refused("the signature is not right");
  const { userVerified, credentialBackedUp, newCounter } = authenticationInfo;
  return { credential, proof: { userVerified, backedUp: credentialBackedUp, counter: newCounter } };
}

const challengeFor = (asked: Asked): Uint8Array<ArrayBuffer> =>
  new Uint8Array(Buffer.from(openChallenge(asked), "base64url"));

const descriptor = ({ credentialId, transports }: Credential) => ({
  id: credentialId,
  transports: JSON.parse(transports) as string[],
});

/** The challenge that an answer says it is for, if it was asked here. We are in nobody's frame, so an answer from one is none. */
function takenChallenge(clientDataJSON: string, asked: Asked): string {
  const { challenge, framed } = readable(() => {
    const data = decodeClientDataJSON(clientDataJSON);
    return { challenge: String(data.challenge), framed: data.crossOrigin === true || data.topOrigin !== undefined };
  });
  if (!takeChallenge(challenge, asked)) throw new Refused("the challenge is not right");
  if (framed) throw new Refused("made in a frame of another site");
  return challenge;
}

/** A statement with certificates would be checked against revocation lists, at addresses that the sender wrote into them. */
function assertSelfContained(attestationObject: string): void {
  const decoded = readable(() => decodeAttestationObject(new Uint8Array(Buffer.from(attestationObject, "base64url"))));
  const format = readable(() => decoded.get("fmt"));
  const selfSigned = format === "packed" && readable(() => decoded.get("attStmt").get("x5c")) === undefined;
  if (format !== "none" && !selfSigned) throw new Refused("an attestation that was not asked for");
}

function readable<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new Refused("the answer cannot be read", { cause: error });
  }
}

/** The library throws for whatever is wrong with an answer. */
const orRefused = <T>(verdict: Promise<T>): Promise<T> =>
  verdict.catch((error: unknown) => {
    throw new Refused(error instanceof Error ? error.message : "the answer is not right", { cause: error });
  });
