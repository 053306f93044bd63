/** A mail server on loopback that takes everything at once, and remembers of each mail whom it was for and its Message-ID. */
import { createServer } from "node:net";

export interface MailSink {
  environment: { SMTP_URL: string; MAIL_FROM: string };
  taken: { to: string; messageId: string }[];
  close(): Promise<void>;
}

export async function startMailSink(): Promise<MailSink> {
  const taken: MailSink["taken"] = [];
  const server = createServer((socket) => {
    let text = "";
    let to = "";
    let inMessage = false;
    socket.setNoDelay(true);
    socket.on("error", () => {});
    socket.write("220 sink\r\n");
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1");
      for (;;) {
        const end = text.indexOf(inMessage ? "\r\n.\r\n" : "\r\n");
        if (end < 0) return;
        const part = text.slice(0, end);
        text = text.slice(end + (inMessage ? 5 : 2));
        if (inMessage) {
          taken.push({ to, messageId: /^Message-ID:\s+(\S+)/im.exec(part)?.[1] ?? "" });
          inMessage = false;
          socket.write("250 taken\r\n");
        } else if (/^RCPT TO:<(.*)>/i.test(part)) {
          to = /<(.*)>/.exec(part)?.[1] ?? "";
          socket.write("250 yes\r\n");
        } else if (/^DATA/i.test(part)) {
          inMessage = true;
          socket.write("354 go on\r\n");
        } else if (/^QUIT/i.test(part)) socket.end("221 bye\r\n");
        else socket.write("250 yes\r\n");
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  return {
    environment: { SMTP_URL: `smtp://127.0.0.1:${port}`, MAIL_FROM: "Zonegate <no-reply@panel.example>" },
    taken,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
