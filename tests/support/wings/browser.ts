/** A console as a browser opens it: what it hears, and waiting for it. */
import { WebSocket } from "ws";

export interface Console {
  /** Everything that it was told, the latest last. */
  heard: { event: string; args: string[] }[];
  say(event: string, ...args: string[]): void;
  /** The next of this event, from the beginning or after what was waited for before. */
  next(event: string, matching?: RegExp): Promise<string>;
  /** With which code it was closed. */
  closed: Promise<number>;
  close(): void;
}

/** `address`: of the daemon. Rejects with the status where it is not let in. */
export async function openConsole(address: string, server: string, origin: string | undefined): Promise<Console> {
  const socket = new WebSocket(`${address.replace(/^http/, "ws")}/api/servers/${server}/ws`, {
    ...(origin === undefined ? {} : { origin }),
  });
  const heard: Console["heard"] = [];
  let seen = 0;
  const waiting = new Set<() => void>();
  socket.on("message", (data) => {
    const { event, args = [] } = JSON.parse(String(data)) as { event: string; args?: string[] };
    heard.push({ event, args });
    for (const look of waiting) look();
  });
  const closed = new Promise<number>((resolve) => socket.once("close", (code) => resolve(code)));
  await new Promise<void>((resolve, reject) => {
    socket.once("open", () => resolve());
    socket.once("unexpected-response", (request, response) => {
      request.destroy();
      reject(new Error(String(response.statusCode)));
    });
    socket.once("error", reject);
  });
  socket.on("error", () => undefined);
  return {
    heard,
    say: (event, ...args) => socket.send(JSON.stringify({ event, args })),
    next: (event, matching = /(?:)/) =>
      new Promise((resolve) => {
        const look = () => {
          const at = heard.findIndex((one, n) => n >= seen && one.event === event && matching.test(one.args.join(" ")));
          if (at < 0) return;
          seen = at + 1;
          waiting.delete(look);
          resolve(heard[at]?.args.join(" ") ?? "");
        };
        waiting.add(look);
        look();
      }),
    closed,
    close: () => socket.close(),
  };
}
