/** Mails over SMTP connections, and what is known of each afterwards. */
import { Readable } from "node:stream";
import type SMTPConnection from "nodemailer/lib/smtp-connection";
import type { SMTPConnectionOptions } from "nodemailer/lib/smtp-connection";
import { env, type SmtpServer } from "#lib/env.ts";

/**
 * - `sent`: the server took it
 * - `refused`: the server will never take it (5xx)
 * - `later`: it was not taken, and may be another time
 * - `unknown`: the message was handed over, and no answer came
 */
export interface Outcome {
  result: "sent" | "refused" | "later" | "unknown";
  /** What the server said, or what went wrong: for staff to read. */
  answer: string;
}

export interface Envelope {
  from: string;
  to: string;
}

const CONNECT_MS = 10_000;
const SILENCE_MS = 30_000;

/** Never throws. When the signal comes before the message was handed over, it is not. */
export async function deliver(
  server: SmtpServer,
  envelope: Envelope,
  octets: Buffer,
  signal: AbortSignal,
): Promise<Outcome> {
  const line = openLine(server);
  const outcome = await line.send(envelope, octets, signal);
  line.close();
  return outcome;
}

/** A way to the mail server for one mail after the other. */
export interface Line {
  /** As `deliver`. */
  send(envelope: Envelope, octets: Buffer, signal: AbortSignal): Promise<Outcome>;
  close(): void;
}

/** Mail servers do not like connections that never end. */
const MAILS_A_CONNECTION = 100;

/** Connects with the first mail, and again after whatever went wrong. */
export function openLine(server: SmtpServer): Line {
  let kept: { connection: SMTPConnection; carried: number } | null = null;
  const close = () => {
    kept?.connection.quit();
    kept = null;
  };

  async function attempt(
    envelope: Envelope,
    octets: Buffer,
    signal: AbortSignal,
  ): Promise<Outcome & { stale: boolean }> {
    let handedOver = false;
    // The connection asks for it once the server has agreed to take it, and not before.
    const message = new Readable({
      read() {
        handedOver = true;
        this.push(octets);
        this.push(null);
      },
    });
    const known = kept;
    const { connection, carried } = kept ?? { connection: await connectionTo(server), carried: 0 };
    const leave = () => {
      if (!handedOver) connection.close();
    };
    try {
      signal.throwIfAborted();
      signal.addEventListener("abort", leave);
      if (!known) await signIn(server, connection);
      const answer = await during<string>(connection, (done) =>
        connection.send({ from: envelope.from, to: [envelope.to] }, message, (error, info) =>
          done(error, info?.response),
        ),
      );
      kept = { connection, carried: carried + 1 };
      if (kept.carried >= MAILS_A_CONNECTION) close();
      return { result: "sent", answer: plain(answer ?? ""), stale: false };
    } catch (error) {
      kept = null;
      connection.close();
      const { responseCode, response, message: reason } = error as Error & { responseCode?: number; response?: string };
      const answer = plain(response ?? reason);
      const command = (error as { command?: string }).command ?? "";
      const stale = known !== null && !handedOver && (!responseCode || responseCode === 421);
      if (!responseCode) return { result: handedOver ? "unknown" : "later", answer, stale };
      // What is refused before that is about this panel and its password, not about the mail.
      const aboutMail = ["MAIL FROM", "RCPT TO", "DATA"].includes(command);
      return { result: responseCode >= 500 && aboutMail ? "refused" : "later", answer, stale };
    } finally {
      signal.removeEventListener("abort", leave);
    }
  }

  return {
    close,
    async send(envelope, octets, signal) {
      const first = await attempt(envelope, octets, signal);
      // The server had ended a connection that was kept, which says nothing about this mail.
      const { result, answer } = first.stale && !signal.aborted ? await attempt(envelope, octets, signal) : first;
      return { result, answer };
    },
  };
}

/** Whether mail can leave: off without SMTP_URL; otherwise connects, signs in, and says what went wrong. */
export async function verifyMail(): Promise<
  { state: "off" } | { state: "works" } | { state: "fails"; reason: string }
> {
  const mail = env().mail;
  if (!mail) return { state: "off" };
  const connection = await connectionTo(mail.server);
  try {
    await signIn(mail.server, connection);
    return { state: "works" };
  } catch (error) {
    return { state: "fails", reason: plain(error instanceof Error ? error.message : String(error)) };
  } finally {
    connection.close();
  }
}

type Done<T> = (error?: Error | null, value?: T) => void;

async function connectionTo(server: SmtpServer): Promise<SMTPConnection> {
  // Loaded by whoever sends mail: threads that only write one to the outbox do not.
  const { default: Connection } = await import("nodemailer/lib/smtp-connection");
  const connection = new Connection(optionsFor(server));
  // Between two mails nobody waits for it.
  connection.on("error", () => {});
  return connection;
}

/** Connects, and signs in where there is somebody to sign in as. */
const signIn = (server: SmtpServer, connection: SMTPConnection): Promise<unknown> =>
  during(connection, (done) =>
    connection.connect((error) => {
      if (error || server.user === undefined) return done(error);
      connection.login({ credentials: { user: server.user, pass: server.password ?? "" } }, (refused) => done(refused));
    }),
  );

/** Does one thing over a connection, unless that ends first. */
async function during<T>(connection: SMTPConnection, act: (done: Done<T>) => void): Promise<T | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<T | undefined>();
  const ended = () => reject(new Error("The connection was closed."));
  connection.on("error", reject);
  connection.on("end", ended);
  try {
    act((error, value) => (error ? reject(error) : resolve(value)));
    return await promise;
  } finally {
    connection.off("error", reject);
    connection.off("end", ended);
  }
}

const optionsFor = ({ host, port, tls }: SmtpServer): SMTPConnectionOptions => ({
  host,
  port,
  secure: tls === "implicit",
  requireTLS: tls === "required",
  tls: { rejectUnauthorized: tls !== "optional" },
  connectionTimeout: CONNECT_MS,
  greetingTimeout: CONNECT_MS,
  dnsTimeout: CONNECT_MS,
  socketTimeout: SILENCE_MS,
});

/** One line, not too long. */
const plain = (text: string): string => text.replace(/\s+/g, " ").trim().slice(0, 500);
