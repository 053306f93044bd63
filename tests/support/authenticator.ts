/** An authenticator in software: real attestations ("none") and assertions with P-256, and able to lie in each part of them. */
import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";

export interface Credential {
  /** base64url */
  id: string;
  rpId: string;
  /** base64url */
  userHandle: string;
  key: KeyObject;
  /** COSE */
  publicKey: Buffer;
  counter: number;
}

export interface Lies {
  origin?: string;
  rpId?: string;
  challenge?: string;
  /** WebAuthn's `type` in the client data. */
  type?: string;
  crossOrigin?: boolean;
  /** Nobody touched it. */
  absent?: boolean;
  userVerified?: boolean;
  /** Backup eligible, and backed up. */
  synced?: boolean;
  counter?: number;
  userHandle?: string | null;
  credentialId?: string;
  /** Changes a bit of the signature. */
  spoilt?: boolean;
  /** Signs with this key instead. */
  key?: KeyObject;
  /** Attestation format and statement. */
  attestation?: { format: string; statement: Map<string, Cbor> };
}

export interface CreationOptions {
  challenge: string;
  rp: { id?: string };
  user: { id: string };
}

export interface RequestOptions {
  challenge: string;
  rpId?: string;
}

const ORIGIN = "http://localhost:3000";

/** Makes a credential for the options, and the browser's answer about it. */
export function create(options: CreationOptions, lies: Lies = {}) {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const jwk = publicKey.export({ format: "jwk" });
  const cose = cbor(
    new Map<number, Cbor>([
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, Buffer.from(jwk.x ?? "", "base64url")],
      [-3, Buffer.from(jwk.y ?? "", "base64url")],
    ]),
  );
  const credential: Credential = {
    id: lies.credentialId ?? randomBytes(24).toString("base64url"),
    rpId: options.rp.id ?? "localhost",
    userHandle: options.user.id,
    key: privateKey,
    publicKey: cose,
    counter: lies.counter ?? 0,
  };
  const id = Buffer.from(credential.id, "base64url");
  const length = Buffer.alloc(2);
  length.writeUInt16BE(id.length);
  const attested = Buffer.concat([Buffer.alloc(16), length, id, cose]);
  const authData = authenticatorData(credential.rpId, credential.counter, 0x40, lies, attested);
  const client = clientData("webauthn.create", options.challenge, lies);
  const { format, statement } = lies.attestation ?? { format: "none", statement: new Map<string, Cbor>() };
  const object = cbor(
    new Map<string, Cbor>([
      ["fmt", format],
      ["attStmt", statement],
      ["authData", authData],
    ]),
  );
  const response = {
    id: credential.id,
    rawId: credential.id,
    type: "public-key",
    clientExtensionResults: {},
    authenticatorAttachment: "platform",
    response: {
      clientDataJSON: client.toString("base64url"),
      attestationObject: object.toString("base64url"),
      transports: ["internal"],
    },
  };
  return { credential, response };
}

/** The answer to the options with a credential, whose counter goes up by one if it has one. */
export function assert(credential: Credential, options: RequestOptions, lies: Lies = {}) {
  if (credential.counter > 0) credential.counter++;
  const counter = lies.counter ?? credential.counter;
  const authData = authenticatorData(options.rpId ?? credential.rpId, counter, 0, lies, Buffer.alloc(0));
  const client = clientData("webauthn.get", options.challenge, lies);
  const signed = Buffer.concat([authData, createHash("sha256").update(client).digest()]);
  const signature = sign("sha256", signed, lies.key ?? credential.key);
  const last = signature.length - 1;
  if (lies.spoilt) signature[last] = (signature[last] ?? 0) ^ 1;
  const handle = lies.userHandle === undefined ? credential.userHandle : lies.userHandle;
  const id = lies.credentialId ?? credential.id;
  return {
    id,
    rawId: id,
    type: "public-key",
    clientExtensionResults: {},
    response: {
      clientDataJSON: client.toString("base64url"),
      authenticatorData: authData.toString("base64url"),
      signature: signature.toString("base64url"),
      ...(handle !== null && { userHandle: handle }),
    },
  };
}

/** WebAuthn Level 3 §6.1. */
function authenticatorData(rpId: string, counter: number, flags: number, lies: Lies, rest: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head[0] = flags | (lies.absent ? 0 : 0x01) | ((lies.userVerified ?? true) ? 0x04 : 0) | (lies.synced ? 0x18 : 0);
  head.writeUInt32BE(counter, 1);
  return Buffer.concat([
    createHash("sha256")
      .update(lies.rpId ?? rpId)
      .digest(),
    head,
    rest,
  ]);
}

/** §5.8.1 */
const clientData = (type: string, challenge: string, lies: Lies): Buffer =>
  Buffer.from(
    JSON.stringify({
      type: lies.type ?? type,
      challenge: lies.challenge ?? challenge,
      origin: lies.origin ?? ORIGIN,
      crossOrigin: lies.crossOrigin ?? false,
    }),
  );

type Cbor = number | string | Buffer | Cbor[] | Map<string, Cbor> | Map<number, Cbor>;

/** RFC 8949, as much of it as attestations need. */
function cbor(value: Cbor): Buffer {
  if (typeof value === "number") return value < 0 ? headOf(1, -1 - value) : headOf(0, value);
  if (typeof value === "string") return Buffer.concat([headOf(3, Buffer.byteLength(value)), Buffer.from(value)]);
  if (Buffer.isBuffer(value)) return Buffer.concat([headOf(2, value.length), value]);
  if (Array.isArray(value)) return Buffer.concat([headOf(4, value.length), ...value.map(cbor)]);
  const entries = [...value].flatMap(([key, item]) => [cbor(key), cbor(item)]);
  return Buffer.concat([headOf(5, value.size), ...entries]);
}

function headOf(major: number, length: number): Buffer {
  const type = major << 5;
  if (length < 24) return Buffer.from([type | length]);
  if (length < 256) return Buffer.from([type | 24, length]);
  return Buffer.from([type | 25, length >> 8, length & 0xff]);
}
