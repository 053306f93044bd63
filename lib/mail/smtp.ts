/** One mail over one SMTP connection, and what is known of it afterwards. */
import { Readable } from "node:stream";
import SMTPConnection, { type SMTPConnectionOptions } from "nodemailer/lib/smtp-connection";
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
  { from, to }: Envelope,
  octets: Buffer,
  signal: AbortSignal,
): Promise<Outcome> {
  let handedOver = false;
  // The connection asks for it once the server has agreed to take it, and not before.
  const message = new Readable({
    read() {
      handedOver = true;
      this.push(octets);
      this.push(null);
    },
  });
  const leave = () => {
    if (!handedOver) connection.close();
  };
  const connection = new SMTPConnection(optionsFor(server));
  try {
    signal.throwIfAborted();
    signal.addEventListener("abort", leave);
    const answer = await session<string>(server, connection, (done) =>
      connection.send({ from, to: [to] }, message, (error, info) => done(error, info?.response)),
    );
    connection.quit();
    return { result: "sent", answer: plain(answer ?? "") };
  } catch (error) {
    connection.close();
    const { responseCode, response, message: reason } = error as Error & { responseCode?: number; response?: string };
    const answer = plain(response ?? reason);
    const command = (error as { command?: string }).command ?? "";
    if (!responseCode) return { result: handedOver ? "unknown" : "later", answer };
    // What is refused before that is about this panel and its password, not about the mail.
    const aboutMail = ["MAIL FROM", "RCPT TO", "DATA"].includes(command);
    return { result: responseCode >= 500 && aboutMail ? "refused" : "later", answer };
  } finally {
    signal.removeEventListener("abort", leave);
  }
}

/** Whether mail can leave: off without SMTP_URL; otherwise connects, signs in, and says what went wrong. */
export async function verifyMail(): Promise<
  { state: "off" } | { state: "works" } | { state: "fails"; reason: string }
> {
  const mail = env().mail;
  if (!mail) return { state: "off" };
  const connection = new SMTPConnection(optionsFor(mail.server));
  try {
    await session(mail.server, connection, (done) => done(null));
    return { state: "works" };
  } catch (error) {
    return { state: "fails", reason: plain(error instanceof Error ? error.message : String(error)) };
  } finally {
    connection.close();
  }
}

type Done<T> = (error: Error | null, value?: T) => void;

/** Connects, signs in where there is somebody to sign in as, and does one thing. */
function session<T>(
  server: SmtpServer,
  connection: SMTPConnection,
  act: (done: Done<T>) => void,
): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const next = (then: () => void) => (error?: Error | null) => (error ? reject(error) : then());
    const last: Done<T> = (error, value) => next(() => resolve(value))(error);
    connection.on("error", reject);
    connection.on("end", () => reject(new Error("The connection was closed.")));
    connection.connect(
      next(() => {
        if (server.user === undefined) return act(last);
        const credentials = { user: server.user, pass: server.password ?? "" };
        connection.login(
          { credentials },
          next(() => act(last)),
        );
      }),
    );
  });
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
