/** How the console speaks with a node: letting in, renewing, coming back, and giving up. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Admission, type Line, type Link, openConsole } from "#components/servers/console/console-socket.ts";
import { plainOf } from "#components/servers/console/plain.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A node's side of a connection. */
class FakeLine implements Line {
  onopen: Line["onopen"] = null;
  onmessage: Line["onmessage"] = null;
  onclose: Line["onclose"] = null;
  closed = false;
  readonly sent: { event: string; args: string[] }[] = [];
  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }
  close(): void {
    this.closed = true;
  }
  says(event: string, ...args: string[]): void {
    this.onmessage?.({ data: JSON.stringify({ event, args }) });
  }
  saying = () => this.sent.map(({ event, args }) => [event, ...args].join(" "));
}

const IN: Admission = { address: "wss://node/ws", token: "one" };

function opened(...answers: Admission[]) {
  const lines: FakeLine[] = [];
  const links: Link[] = [];
  const heard: string[] = [];
  let asked = 0;
  const socket = openConsole({
    admit: async () => answers[Math.min(asked++, answers.length - 1)] ?? IN,
    dial: () => {
      const line = new FakeLine();
      lines.push(line);
      return line;
    },
    onLink: (link) => void links.push(link),
    onFresh: () => void heard.push("fresh"),
    onLine: (line) => void heard.push(`line ${line}`),
    onState: (state) => void heard.push(`state ${state}`),
    onFigures: ({ cpu, memoryBytes, receivedBytes }) =>
      void heard.push(`figures ${cpu} ${memoryBytes} ${receivedBytes}`),
    onNotice: (notice) => void heard.push(`notice ${notice}`),
    onChanged: () => void heard.push("changed"),
  });
  return {
    socket,
    links,
    heard,
    lines,
    asked: () => asked,
    line: () => lines.at(-1) as FakeLine,
    link: () => links.at(-1),
    /** The panel has answered. */
    settled: () => vi.advanceTimersByTimeAsync(0),
  };
}

async function greeted(...answers: Admission[]) {
  const it = opened(...answers);
  await it.settled();
  it.line().onopen?.();
  it.line().says("auth success");
  it.line().says("status", "running");
  return it;
}

test("it shows the token, asks for what was written, and tells what it hears", async () => {
  const it = await greeted();
  expect(it.line().saying()).toEqual(["auth one", "send logs", "send stats"]);
  expect(it.links).toEqual([{ is: "connecting" }, { is: "open" }]);
  it.line().says("console output", "hello");
  it.line().says("install output", "unpacking");
  it.line().says(
    "stats",
    JSON.stringify({ state: "running", cpu_absolute: 1.5, memory_bytes: 7, network: { rx_bytes: 9 } }),
  );
  it.line().says("install completed:019a");
  expect(it.heard).toEqual(["fresh", "state running", "line hello", "line unpacking", "figures 1.5 7 9", "changed"]);
  expect(it.socket.command("say hi")).toBe(true);
  expect(it.line().saying().at(-1)).toBe("send command say hi");
});

test("what has not the shape that it should is left out", async () => {
  const it = await greeted();
  it.heard.length = 0;
  for (const data of ["{", "null", "[]", '"x"', '{"event":1}', '{"args":["x"]}', 7]) it.line().onmessage?.({ data });
  for (const text of ["", "null", "[]", "{}", '{"state":"burning"}']) it.line().says("stats", text);
  it.line().says("status", "burning");
  it.line().says("constructor", "x");
  it.line().onmessage?.({ data: '{"event":"console output","args":[{}]}' });
  it.line().says("stats", '{"state":"offline","cpu_absolute":"9","memory_bytes":-1,"network":null}');
  it.line().says("console output", "x".repeat(100_000));
  expect(it.heard).toEqual(["line ", "figures 0 0 0", `line ${"x".repeat(8192)}`]);
});

test("nothing is sent to a server that is off, or over a connection that is not there", async () => {
  const it = opened();
  expect(it.socket.command("a")).toBe(false);
  await it.settled();
  it.line().onopen?.();
  expect(it.socket.command("a")).toBe(false);
  it.line().says("auth success");
  it.line().says("status", "offline");
  expect(it.socket.command("a")).toBe(false);
  it.line().says("status", "starting");
  expect(it.socket.command("a")).toBe(true);
  it.line().onclose?.({ code: 1006 });
  expect(it.socket.command("a")).toBe(false);
});

test("a token is renewed before it ends, once at a time, over the same connection", async () => {
  const it = await greeted(IN, { ...IN, token: "two" });
  it.line().says("token expiring");
  it.line().says("token expiring");
  await it.settled();
  it.line().says("auth success");
  expect(it.line().saying()).toEqual(["auth one", "send logs", "send stats", "auth two"]);
  expect([it.asked(), it.lines.length, it.heard.filter((one) => one === "fresh").length]).toEqual([2, 1, 1]);
});

test("where the panel fails while there is time left, the connection stays", async () => {
  const it = await greeted(IN, { failed: "No." }, { ...IN, token: "three" });
  it.line().says("token expiring");
  await it.settled();
  expect(it.link()).toEqual({ is: "open" });
  it.line().says("token expiring");
  await it.settled();
  expect(it.line().saying().at(-1)).toBe("auth three");
});

test("a token that ended or was taken back is replaced, as often as the panel gives one and three times at most", async () => {
  const it = await greeted();
  for (let n = 0; n < 40; n++) it.line().says("jwt error", "jwt: exp claim is invalid");
  await it.settled();
  expect(
    it
      .line()
      .saying()
      .filter((one) => one.startsWith("auth")),
  ).toHaveLength(2);
  for (const auths of [3, 4]) {
    it.line().says("jwt error", "Error Event [x]: jwt: created too far in past (denylist)");
    await vi.advanceTimersByTimeAsync(1000);
    expect(
      it
        .line()
        .saying()
        .filter((one) => one.startsWith("auth")),
    ).toHaveLength(auths - 1);
    await vi.advanceTimersByTimeAsync(200);
    expect(
      it
        .line()
        .saying()
        .filter((one) => one.startsWith("auth")),
    ).toHaveLength(auths);
  }
  const first = it.line();
  first.says("jwt error", "jwt: created too far in past (denylist)");
  expect(it.link()).toMatchObject({ is: "waiting" });
  expect(first.closed).toBe(true);
});

test("the end of one's rights is the end: said, closed, and not tried again", async () => {
  const it = await greeted(IN, { refused: "No longer." });
  it.line().onclose?.({ code: 1001 });
  expect(it.link()).toMatchObject({ is: "waiting" });
  await vi.advanceTimersByTimeAsync(1000);
  expect(it.link()).toEqual({ is: "over", why: "No longer." });
  it.socket.retry();
  await vi.advanceTimersByTimeAsync(3_600_000);
  expect([it.asked(), it.lines.length]).toEqual([2, 1]);
});

test("the node says that nothing is to be had any more: suspended, deleted, not let in", async () => {
  const ends: [(line: FakeLine) => void, RegExp][] = [
    [(line) => line.onclose?.({ code: 4409 }), /suspended/],
    [(line) => line.says("deleted"), /deleted/],
    [(line) => line.says("jwt error", "jwt: missing connect permission"), /not let you in/],
    [(line) => line.says("jwt error", "jwt: server uuid mismatch"), /not let you in/],
  ];
  for (const [happens, why] of ends) {
    const it = await greeted();
    happens(it.line());
    expect(it.link()).toEqual({ is: "over", why: expect.stringMatching(why) });
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect([it.asked(), it.lines.length]).toEqual([1, 1]);
  }
});

test("a break is waited out, longer each time, and from the first wait again after it held", async () => {
  const it = await greeted();
  const waits: number[] = [];
  for (let n = 0; n < 8; n++) {
    it.line().onclose?.({ code: 1006 });
    const link = it.link();
    waits.push(link?.is === "waiting" ? link.seconds : 0);
    await vi.advanceTimersByTimeAsync((waits[n] ?? 0) * 1000);
    expect(it.lines).toHaveLength(n + 2);
  }
  for (const [n, most] of [1, 2, 4, 8, 16, 30, 30, 30].entries()) {
    expect(waits[n]).toBeLessThanOrEqual(most);
    expect(waits[n]).toBeGreaterThanOrEqual(Math.floor(most * 0.75));
  }
  it.line().onopen?.();
  it.line().says("auth success");
  expect(it.heard.filter((one) => one === "fresh")).toHaveLength(2);
  await vi.advanceTimersByTimeAsync(30_000);
  it.line().onclose?.({ code: 1006 });
  expect(it.link()).toMatchObject({ is: "waiting", seconds: 1 });
});

test("a node that lets in and throws out at once is not called every second", async () => {
  const it = await greeted();
  it.line().onclose?.({ code: 1006 });
  await vi.advanceTimersByTimeAsync(1000);
  it.line().onopen?.();
  it.line().says("auth success");
  it.line().onclose?.({ code: 1006 });
  expect(it.link()).toMatchObject({ is: "waiting", seconds: 2 });
});

test("a node that takes the call and says nothing, or takes no token, is tried again", async () => {
  const it = opened();
  await it.settled();
  const first = it.line();
  first.onopen?.();
  await vi.advanceTimersByTimeAsync(15_000);
  expect(it.link()).toMatchObject({ is: "waiting", why: expect.stringMatching(/does not answer/) });
  expect(first.closed).toBe(true);
  it.socket.retry();
  await it.settled();
  expect(it.lines).toHaveLength(2);
  it.line().onopen?.();
  it.line().says("daemon error", "An unexpected error was met.");
  expect(it.link()).toMatchObject({ is: "waiting", why: expect.stringMatching(/does not take/) });
});

test("what the node says beside the output is shown for a while", async () => {
  const it = await greeted();
  it.heard.length = 0;
  it.line().says("throttled", "send command");
  it.line().says("daemon error", "Odd.");
  await vi.advanceTimersByTimeAsync(60_000);
  expect(it.heard).toEqual([expect.stringMatching(/too much at once/), "notice Odd.", "notice null"]);
  expect(it.link()).toEqual({ is: "open" });
});

test("a page that is left closes it, also while the panel is asked", async () => {
  const it = await greeted();
  it.socket.close();
  expect(it.line().closed).toBe(true);
  expect(it.line().onmessage).toBe(null);
  const early = opened();
  early.socket.close();
  await vi.advanceTimersByTimeAsync(3_600_000);
  expect([it.lines.length, early.lines.length]).toEqual([1, 0]);
});

test("a line reads aloud without what a terminal makes of it", () => {
  const E = "\u001b";
  expect(plainOf(`${E}[33m[10:00] ${E}[1;38;2;1;2;3mReady${E}[0m`)).toBe("[10:00] Ready");
  expect(plainOf(`a${E}]0;title\u0007b${E}]8;;https://x.example${E}\\c${E}]8;;${E}\\d`)).toBe("abcd");
  expect(plainOf(`x${E}(By${E}[?25lz${E}`)).toBe("xyz");
  expect(plainOf("<b>\u0000tab\there</b>")).toBe("<b>tabhere</b>");
});
