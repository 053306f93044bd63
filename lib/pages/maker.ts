/** In the thread that makes pages: Next behind connections that are carried in messages, and a panel that is asked by messages. */
import { AsyncLocalStorage } from "node:async_hooks";
import { existsSync } from "node:fs";
import { createServer } from "node:http";
import type { MessagePort } from "node:worker_threads";
import next from "next";
import { compileGrants } from "#lib/access/permissions.ts";
import { isProblem, Problem } from "#lib/api/errors.ts";
import { singleton } from "#lib/singleton.ts";
import { CarriedStream } from "./carried-stream.ts";
import {
  type Answered,
  type Asked,
  type FromMaker,
  type MakerData,
  type PlainActor,
  plain,
  type ToMaker,
} from "./messages.ts";
import type { Facts, FilledTab, Pages, Visitor } from "./visitor.ts";

export async function makePages(port: MessagePort, { facts, host, port: listening, hook }: MakerData): Promise<void> {
  const post = (message: FromMaker, handed: ArrayBuffer[] = []) => port.postMessage(message, handed);
  const underWay = new AsyncLocalStorage<number>();
  const panel = new AskedPanel(post, facts, () => underWay.getStore() ?? 0);
  singleton("panel", () => ({ pages: panel }));

  loadWhenAsked();
  const app = next({ dev: false, hostname: host, port: listening });
  await app.prepare();
  const handle = app.getRequestHandler();
  // Whoever waits for a page is known to the other thread, which ends the connection when they leave.
  const server = createServer({ headersTimeout: 0, requestTimeout: 0 }, (request, response) => {
    const { page } = request.socket as unknown as CarriedStream;
    if (hook !== null && existsSync(hook)) process.exit(1);
    underWay.run(page, () => void handle(request, response));
  });
  const connections = new Map<number, CarriedStream>();
  port.on("message", (message: ToMaker) => {
    if (message.kind === "connect") {
      const connection = new CarriedStream(message.page, post);
      connections.set(message.page, connection);
      connection.once("close", () => connections.delete(message.page));
      server.emit("connection", connection);
    } else if ("page" in message) connections.get(message.page)?.hear(message);
    else panel.hear(message);
  });
  post({ kind: "ready" });
}

/** The panel of the other thread. */
class AskedPanel implements Pages {
  readonly #post: (message: FromMaker) => void;
  readonly #facts: Facts;
  readonly #page: () => number;
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  #asked = 0;
  readonly isProblem = isProblem;

  constructor(post: (message: FromMaker) => void, facts: Facts, page: () => number) {
    this.#post = post;
    this.#facts = facts;
    this.#page = page;
  }

  facts(): Facts {
    return this.#facts;
  }

  /** The headers of the request are known to the other thread. */
  async visitor(): Promise<Visitor> {
    const ask = this.#askerOf(this.#page());
    const actor = (await ask({ what: "visitor" })) as PlainActor;
    return {
      actor: { ...actor, grants: compileGrants(actor.grants) },
      api: callerOf((path, input) => ask({ what: "call", path, input })) as Visitor["api"],
      tabs: () => ask({ what: "tabs" }) as ReturnType<Visitor["tabs"]>,
      tab: (id, params) => ask({ what: "tab", id, params }) as Promise<FilledTab>,
    };
  }

  threw(error: unknown, place: string): void {
    this.#post({ kind: "threw", page: this.#page(), error: plain(error), place });
  }

  hear(answer: Answered): void {
    const waiting = this.#waiting.get(answer.ask);
    this.#waiting.delete(answer.ask);
    if (answer.kind === "answer") waiting?.resolve(answer.value);
    else if (answer.kind === "error") waiting?.reject(answer.error);
    else waiting?.reject(new Problem(answer.code, answer.message, answer.details));
  }

  #askerOf(page: number): (asked: Asked) => Promise<unknown> {
    return (asked) => {
      const ask = this.#asked++;
      const waiting = Promise.withResolvers<unknown>();
      this.#waiting.set(ask, waiting);
      this.#post({ kind: "ask", page, ask, asked });
      return waiting.promise;
    };
  }
}

/** `api.dns.open(input)`, whatever stands between the dots, is a question. */
function callerOf(ask: (path: string[], input: unknown) => Promise<unknown>, path: string[] = []): unknown {
  return new Proxy(() => {}, {
    // A promise that resolves to it looks for `then`.
    get: (_target, step) => (typeof step === "string" && step !== "then" ? callerOf(ask, [...path, step]) : undefined),
    apply: (_target, _self, [input]) => ask(path, input),
  });
}

/** Of the pages that there are only those that are asked for are loaded here: this thread does not live long. */
function loadWhenAsked(): void {
  const config = JSON.parse(process.env.__NEXT_PRIVATE_STANDALONE_CONFIG ?? "{}");
  config.experimental = { ...config.experimental, preloadEntriesOnStart: false };
  process.env.__NEXT_PRIVATE_STANDALONE_CONFIG = JSON.stringify(config);
}
