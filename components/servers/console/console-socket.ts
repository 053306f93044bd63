/**
 * The console of a server, spoken with its node: connects, shows the token that the panel gave, renews it before it ends, and
 * comes back after a break, unless the panel or the node said that this person has nothing more to seek there.
 */
import { eventOf, type Figures, figuresOf, type State, stateOf } from "./console-events.ts";

/** What the panel answers to somebody who wants in. */
export type Admission =
  | { address: string; token: string }
  /** For good, and why. */
  | { refused: string }
  /** Not now. */
  | { failed: string };

export type Link =
  | { is: "connecting" }
  | { is: "open" }
  | { is: "waiting"; why: string; seconds: number }
  | { is: "over"; why: string };

/** As much of a browser's WebSocket as is used. */
export interface Line {
  send(text: string): void;
  close(): void;
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number }) => void) | null;
}

export interface ConsoleOptions {
  admit: () => Promise<Admission>;
  dial: (address: string) => Line;
  onLink: (link: Link) => void;
  /** What was shown before comes again. */
  onFresh: () => void;
  onLine: (line: string) => void;
  onState: (state: State) => void;
  onFigures: (figures: Figures) => void;
  /** What the node or the panel has to say beside the output. Null: that is over. */
  onNotice: (notice: string | null) => void;
  /** The panel's own page tells something else from now on. */
  onChanged: () => void;
}

export interface ConsoleSocket {
  /** False: it did not leave. */
  command: (text: string) => boolean;
  /** Now, in the place of after the wait. */
  retry: () => void;
  close: () => void;
}

const ANSWER_MS = 15_000;
const LONGEST_WAIT_MS = 30_000;
/** What held for so long begins to count from the first wait again. */
const STEADY_MS = 30_000;
const NOTICE_MS = 6000;
const RENEWALS = 3;
const RENEW_AGAIN_MS = 1100;
const SUSPENDED = 4409;

/** Another token helps. */
const RENEWABLE = ["jwt: exp claim is invalid", "jwt: created too far in past (denylist)"];

const MUTE = "The server’s node does not answer.";
const UNTAKEN = "The server’s node does not take what the panel gave you.";
const BROKEN = "The connection to the server’s node broke off.";

export function openConsole(options: ConsoleOptions): ConsoleSocket {
  let line: Line | null = null;
  let over = false;
  let wait: ReturnType<typeof setTimeout> | undefined;
  let notice: ReturnType<typeof setTimeout> | undefined;
  let tries = 0;
  /** Of tokens that were shown since one was last taken. */
  let renewals = 0;
  let renewing = false;
  let openSince: number | null = null;
  let state: State | null = null;

  const drop = () => {
    clearTimeout(wait);
    if (line) {
      line.onopen = line.onmessage = line.onclose = null;
      line.close();
    }
    line = null;
    renewing = false;
  };

  const end = (why: string) => {
    over = true;
    drop();
    options.onLink({ is: "over", why });
  };

  const later = (why: string) => {
    if (openSince !== null && Date.now() - openSince >= STEADY_MS) tries = 0;
    openSince = null;
    drop();
    const most = Math.min(LONGEST_WAIT_MS, 1000 * 2 ** tries++);
    // Not everybody at once, when a node comes up again.
    const ms = most * (0.75 + Math.random() / 4);
    options.onLink({ is: "waiting", why, seconds: Math.ceil(ms / 1000) });
    wait = setTimeout(connect, ms);
  };

  /** Null: it is settled already, or this connection is gone. `spared`: it may fail, another time is as good. */
  const admitted = async (spared = false): Promise<{ address: string; token: string } | null> => {
    const asked = line;
    const answer = await options.admit();
    if (over || line !== asked) return null;
    if ("token" in answer) return answer;
    if ("refused" in answer) end(answer.refused);
    else if (!spared) later(answer.failed);
    return null;
  };

  const say = (event: string, ...args: string[]) => line?.send(JSON.stringify({ event, args }));

  async function connect(): Promise<void> {
    drop();
    renewals = 0;
    options.onLink({ is: "connecting" });
    const way = await admitted();
    if (!way || line) return;
    let dialled: Line;
    try {
      dialled = options.dial(way.address);
    } catch {
      return later(MUTE);
    }
    line = dialled;
    wait = setTimeout(() => later(MUTE), ANSWER_MS);
    dialled.onopen = () => say("auth", way.token);
    dialled.onmessage = ({ data }) => hear(data);
    dialled.onclose = ({ code }) => {
      if (code === SUSPENDED) end("This server is suspended.");
      else later(openSince === null ? MUTE : BROKEN);
    };
  }

  async function renew(spared = false): Promise<void> {
    if (renewing) return;
    renewing = true;
    const answer = await admitted(spared);
    renewing = false;
    if (answer) say("auth", answer.token);
  }

  /** What a daemon refuses it says again with every line of the server, until it has another token. */
  function refusedBy(text: string): void {
    if (renewing) return;
    if (!RENEWABLE.some((one) => text.includes(one))) end("The server’s node does not let you in.");
    else if (renewals++ >= RENEWALS) later(UNTAKEN);
    else if (renewals === 1) void renew();
    else {
      // A token of the second in which the one before was refused is refused with it.
      renewing = true;
      clearTimeout(wait);
      wait = setTimeout(() => {
        renewing = false;
        void renew();
      }, RENEW_AGAIN_MS);
    }
  }

  function welcome(): void {
    renewals = 0;
    clearTimeout(wait);
    if (openSince !== null) return;
    openSince = Date.now();
    options.onFresh();
    options.onLink({ is: "open" });
    say("send logs");
    say("send stats");
  }

  function noticed(text: string): void {
    clearTimeout(notice);
    options.onNotice(text);
    notice = setTimeout(() => options.onNotice(null), NOTICE_MS);
  }

  function hear(data: unknown): void {
    const heard = eventOf(data);
    if (!heard) return;
    const { event, text } = heard;
    switch (event) {
      case "auth success":
        welcome();
        break;
      case "token expiring":
        // It is told again before the end.
        void renew(true);
        break;
      case "token expired":
        void renew();
        break;
      case "jwt error":
        refusedBy(text);
        break;
      case "daemon error":
        // A token that cannot be read is told in these words as well.
        if (openSince === null) later(UNTAKEN);
        else noticed(text || "The server’s node met an error.");
        break;
      case "throttled":
        noticed("That was too much at once. The server’s node left some of it out.");
        break;
      case "deleted":
        end("This server was deleted.");
        break;
      case "status": {
        const told = stateOf(text);
        if (told === null) break;
        state = told;
        options.onState(told);
        break;
      }
      case "stats": {
        const figures = figuresOf(text);
        if (figures) options.onFigures(figures);
        break;
      }
      case "console output":
      case "install output":
      case "daemon message":
      case "transfer logs":
        options.onLine(text);
        break;
      case "install started":
      case "install completed":
      case "backup restore completed":
      case "transfer status":
        options.onChanged();
        break;
    }
  }

  void connect();
  return {
    command: (text) => {
      if (openSince === null || state === "offline" || state === null) return false;
      say("send command", text);
      return true;
    },
    retry: () => {
      if (over || line) return;
      void connect();
    },
    close: () => {
      over = true;
      clearTimeout(notice);
      drop();
    },
  };
}
