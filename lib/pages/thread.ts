/**
 * A second thread that makes pages, for when many are asked for at once: making one is what Next does for some ten
 * milliseconds, and a thread does it on one core. It has no panel of its own: what its pages show it asks of this thread,
 * where sessions, guards and data are, and here all that is asked for is noted.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import {
  type IncomingHttpHeaders,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type RequestListener,
  request,
  type ServerResponse,
} from "node:http";
import { availableParallelism } from "node:os";
import { pipeline } from "node:stream";
import { setFlagsFromString } from "node:v8";
import type { Worker } from "node:worker_threads";
import { isProblem } from "#lib/api/errors.ts";
import type { Env } from "#lib/env.ts";
import { log } from "#lib/log/log.ts";
import { newThread } from "#lib/new-thread.ts";
import { pageThreadHook } from "#lib/test-hook.ts";
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
import { ownPages, type Visitor } from "./visitor.ts";

/** Another thread is worth its start once so many pages came within two seconds while others, as many as this, were under way. */
const [CAME, UNDER_WAY, WITHIN_MS] = [8, 4, 2000];
/** The other thread makes so many for one that is made here: what every page asks for is answered here as well. */
const SHARE = 3;
/** It holds some 100 MB, and starts in a second or two. */
const IDLE_MS = 30_000;
/** After it could not be started, or ended by itself. */
const AGAIN_MS = 60_000;

/**
 * By how much of itself a heap grows before V8 goes through all of it; zero leaves that to V8, which takes two fifths. With
 * many pages at once that is every half second, and what was compiled for pages that are gone is then compiled again.
 */
const [GROWTH, USUAL_GROWTH] = ["--heap-growing-percent=100", "--heap-growing-percent=0"];

interface Page {
  /** As they came, and with what the server put there: the other thread has no say in who asks. */
  headers: IncomingHttpHeaders;
  connection: CarriedStream;
  /** Runs something as a part of the request that the page answers. */
  within: <T>(work: () => T) => T;
  visitor: Promise<Visitor> | null;
}

interface Maker {
  worker: Worker;
  ready: boolean;
  pages: Map<number, Page>;
  idle: NodeJS.Timeout | undefined;
  /** It is no longer needed. */
  done: boolean;
}

/** Answers as `handle` does; pages partly from the other thread. */
export class SharedPages {
  readonly #handle: RequestListener;
  readonly #mode: Env["pageThread"];
  readonly #place: Pick<MakerData, "host" | "port">;
  #maker: Maker | null = null;
  /** Pages under way in this thread. */
  #here = 0;
  #next = 0;
  #notBefore = 0;
  #crowd = { since: 0, came: 0 };

  constructor(handle: RequestListener, mode: Env["pageThread"], place: Pick<MakerData, "host" | "port">) {
    this.#handle = handle;
    this.#mode = mode === "auto" && availableParallelism() < 2 ? "off" : mode;
    this.#place = place;
  }

  answer(request: IncomingMessage, response: ServerResponse): void {
    if (this.#mode === "off" || !isPage(request)) this.#handle(request, response);
    else {
      const maker = this.#free();
      if (maker) this.#make(maker, request, response);
      else this.#makeHere(request, response);
    }
  }

  async end(): Promise<void> {
    if (this.#maker) await this.#end(this.#maker);
  }

  async #end(maker: Maker): Promise<void> {
    maker.done = true;
    if (this.#maker === maker) this.#maker = null;
    await maker.worker.terminate();
  }

  /** The other thread, if the next page is its. */
  #free(): Maker | null {
    const wanted = this.#mode === "always" || this.#isCrowded();
    if (wanted && !this.#maker && performance.now() >= this.#notBefore) this.#maker = this.#start();
    const maker = this.#maker;
    if (!maker || this.#mode === "always") return maker;
    return maker.ready && maker.pages.size < SHARE * this.#here ? maker : null;
  }

  /** Asked once for each page that comes. */
  #isCrowded(): boolean {
    if (this.#here < UNDER_WAY) return false;
    const now = performance.now();
    if (now - this.#crowd.since > WITHIN_MS) this.#crowd = { since: now, came: 0 };
    return ++this.#crowd.came >= CAME;
  }

  #makeHere(request: IncomingMessage, response: ServerResponse): void {
    this.#here++;
    response.once("close", () => this.#here--);
    this.#handle(request, response);
  }

  #make(maker: Maker, incoming: IncomingMessage, response: ServerResponse): void {
    const page = this.#next++;
    const connection = new CarriedStream(page, (message, handed) => maker.worker.postMessage(message, handed));
    maker.pages.set(page, {
      headers: incoming.headers,
      connection,
      within: AsyncLocalStorage.snapshot(),
      visitor: null,
    });
    clearTimeout(maker.idle);
    say(maker, { kind: "connect", page });
    const asked = request({
      method: incoming.method,
      path: incoming.url,
      headers: without(notAsked, incoming.headers),
      createConnection: () => connection,
    });
    asked.once("response", (answer) => {
      response.writeHead(answer.statusCode ?? 500, without(hopByHop, answer.headers));
      pipeline(answer, response, () => {
        // Who left, or what broke off half-way, has ended both.
      });
    });
    asked.on("error", () => {
      if (response.closed) return;
      // Whatever became of the thread: nothing was promised yet, and a page changes nothing.
      if (response.headersSent) response.destroy();
      else this.#makeHere(incoming, response);
    });
    response.once("close", () => {
      asked.destroy();
      connection.destroy();
      maker.pages.delete(page);
      this.#rest(maker);
    });
    try {
      asked.end();
    } catch (error) {
      // A header that Node takes and does not send.
      asked.destroy(error as Error);
    }
  }

  /** Ends it unless there is work for it before long. */
  #rest(maker: Maker): void {
    if (maker.pages.size > 0 || this.#mode === "always") return;
    clearTimeout(maker.idle);
    maker.idle = setTimeout(() => this.#end(maker), IDLE_MS).unref();
  }

  #start(): Maker {
    const workerData = { ...this.#place, facts: ownPages.facts(), hook: pageThreadHook() } satisfies MakerData;
    const limits = { maxOldGenerationSizeMb: 256 };
    const worker = newThread(new URL("maker-worker.mjs", import.meta.url), limits, { workerData });
    const maker: Maker = { worker, ready: false, pages: new Map(), idle: undefined, done: false };
    log().info("a thread for pages is started");
    setFlagsFromString(GROWTH);
    worker.unref();
    worker.on("message", (message: FromMaker) => {
      if (message.kind !== "ready") return hear(maker, message);
      maker.ready = true;
      // What it was started for may be over.
      this.#rest(maker);
    });
    worker.on("error", (error) => log().error({ err: error }, "the thread for pages failed"));
    worker.on("exit", (code) => {
      clearTimeout(maker.idle);
      setFlagsFromString(USUAL_GROWTH);
      if (!maker.done) {
        log().error({ code }, "the thread for pages ended by itself");
        this.#notBefore = performance.now() + AGAIN_MS;
      }
      if (this.#maker === maker) this.#maker = null;
      for (const { connection } of maker.pages.values()) connection.destroy();
    });
    return maker;
  }
}

function hear(maker: Maker, message: Exclude<FromMaker, { kind: "ready" }>): void {
  const page = maker.pages.get(message.page);
  if (message.kind === "ask") void answerTo(page, message).then((answer) => sayOrFail(maker, answer));
  else if (message.kind === "threw") page?.within(() => ownPages.threw(message.error, message.place));
  else page?.connection.hear(message);
}

const say = ({ worker }: Maker, message: ToMaker): void => worker.postMessage(message);

/** What no message can hold is an error, and nobody waits for it for ever. */
function sayOrFail(maker: Maker, answer: Answered): void {
  try {
    say(maker, answer);
  } catch (error) {
    say(maker, { kind: "error", ask: answer.ask, error: plain(error) });
  }
}

async function answerTo(page: Page | undefined, { ask, asked }: { ask: number; asked: Asked }): Promise<Answered> {
  try {
    if (!page) throw new Error("Whoever asked for the page has left.");
    return { kind: "answer", ask, value: await page.within(() => given(page, asked)) };
  } catch (error) {
    if (!isProblem(error)) return { kind: "error", ask, error: plain(error) };
    return { kind: "problem", ask, code: error.code, message: error.message, details: error.data };
  }
}

async function given(page: Page, asked: Asked): Promise<unknown> {
  if (asked.what === "visitor") {
    page.visitor = ownPages.visitor(headersOf(page.headers));
    const { actor } = await page.visitor;
    return { ...actor, grants: actor.grants.grants } satisfies PlainActor;
  }
  const visitor = await page.visitor;
  if (!visitor) throw new Error("A page asked before it said for whom.");
  if (asked.what === "tabs") return visitor.tabs();
  if (asked.what === "tab") return visitor.tab(asked.id, asked.params);
  let found: unknown = visitor.api;
  for (const step of asked.path) found = (found as Record<string, unknown>)[step];
  return (found as (input: unknown) => Promise<unknown>)(asked.input);
}

const headersOf = (headers: IncomingHttpHeaders): Headers =>
  new Headers(Object.entries(headers).map(([name, value]): [string, string] => [name, String(value ?? "")]));

/** Those that take work: in the frame of the dashboard. */
const isPage = ({ method, url = "" }: IncomingMessage): boolean =>
  (method === "GET" || method === "HEAD") && /^\/dashboard(?:[/?]|$)/.test(url);

/**
 * Without what is about one connection (RFC 9110, section 7.6.1). What a client names in `Connection` stays: it could name what
 * the server has put there.
 */
function without(left: Set<string>, headers: OutgoingHttpHeaders): OutgoingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !left.has(name)));
}

const hopByHop = new Set(["connection", "keep-alive", "transfer-encoding", "te", "trailer", "upgrade"]);
/** No body is handed on with a request: a page reads none. */
const notAsked = new Set([...hopByHop, "content-length", "expect"]);
