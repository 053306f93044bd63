/** A real SMTP server on loopback that takes mails, or does not, as a test wants, and hands over what it took. */
import type { Socket } from "node:net";
import PostalMime, { type Email } from "postal-mime";
import { SMTPServer, type SMTPServerError } from "smtp-server";

/**
 * - `accept`: takes it
 * - `defer`, `refuse`: answers 451 or 550 to the recipient
 * - `drop`: takes the message, and breaks the connection instead of answering
 * - `leave`: takes it, says so, and ends the connection
 * - `hold`: takes the message, and answers only once the mode is another
 */
export type Mode = "accept" | "defer" | "refuse" | "drop" | "leave" | "hold";

export interface Received {
  from: string;
  to: string;
  mail: Email;
  raw: string;
  /** The first address in the plain text. */
  link: string | null;
}

export interface MailServer {
  /** The environment of a panel that sends through it. */
  environment: { SMTP_URL: string; MAIL_FROM: string };
  /** Every message that came to its end here, also those that were not answered. */
  received: Received[];
  mode(next: Mode): void;
  /** Connections that there were. */
  connections(): number;
  /** The next mail to this address that has not been asked for yet: waits for it. */
  next(to: string): Promise<Received>;
  close(): Promise<void>;
}

export async function startMailServer(
  options: { user?: string; password?: string; starttls?: boolean } = {},
): Promise<MailServer> {
  const received: Received[] = [];
  const taken = new Set<Received>();
  const listeners = new Set<() => void>();
  const sockets = new Map<string, Socket>();
  let mode: Mode = "accept";
  let connections = 0;
  const changed = () => {
    for (const listener of listeners) listener();
  };
  const until = (holds: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      const look = () => {
        if (!holds()) return;
        listeners.delete(look);
        resolve();
      };
      listeners.add(look);
      look();
    });

  const server = new SMTPServer({
    disabledCommands: [...(options.starttls ? [] : ["STARTTLS"]), ...(options.user ? [] : ["AUTH"])],
    allowInsecureAuth: true,
    authOptional: !options.user,
    onAuth({ username, password }, _session, done) {
      if (username === options.user && password === options.password) done(null, { user: username });
      else done(answer(535, "5.7.8 Wrong name or password"));
    },
    onRcptTo(_address, _session, done) {
      if (mode === "defer") done(answer(451, "4.7.1 Try again later"));
      else if (mode === "refuse") done(answer(550, "5.1.1 There is nobody here of that name"));
      else done();
    },
    async onData(stream, session, done) {
      const chunks: Buffer[] = [];
      for await (const chunk of stream) chunks.push(chunk as Buffer);
      const raw = Buffer.concat(chunks).toString("utf8");
      const mail = await new PostalMime().parse(raw);
      const { mailFrom, rcptTo } = session.envelope;
      received.push({
        from: mailFrom ? mailFrom.address : "",
        to: rcptTo[0]?.address ?? "",
        mail,
        raw,
        link: /https?:\/\/\S+/.exec(mail.text ?? "")?.[0] ?? null,
      });
      const now = mode;
      changed();
      if (now === "drop") return void sockets.get(`${session.remoteAddress}:${session.remotePort}`)?.destroy();
      if (now === "hold") await until(() => mode !== "hold");
      done(null, "2.0.0 Taken");
      if (now === "leave") sockets.get(`${session.remoteAddress}:${session.remotePort}`)?.end();
    },
  });
  server.server.on("connection", (socket: Socket) => {
    connections++;
    sockets.set(`${socket.remoteAddress}:${socket.remotePort}`, socket);
  });
  server.on("error", () => {});
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  const login = options.user ? `${options.user}:${encodeURIComponent(options.password ?? "")}@` : "";
  return {
    environment: { SMTP_URL: `smtp://${login}127.0.0.1:${port}`, MAIL_FROM: "Zonegate <no-reply@panel.example>" },
    received,
    mode(next) {
      mode = next;
      changed();
    },
    connections: () => connections,
    async next(to) {
      const find = () => received.find((mail) => mail.to === to && !taken.has(mail));
      await until(() => find() !== undefined);
      const found = find();
      if (!found) throw new Error("it was taken meanwhile");
      taken.add(found);
      return found;
    },
    close: () => {
      mode = "accept";
      changed();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

const answer = (responseCode: number, message: string): SMTPServerError =>
  Object.assign(new Error(message), { responseCode });
