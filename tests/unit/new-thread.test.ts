import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { server } from "../../scripts/start.mjs";

const MB = 2 ** 20;

test("a thread of the server has the memory that it was given, and otherwise as much as the server", async () => {
  const { file, args } = server({});
  const asServer = args.with(-1, path.resolve("tests/support/thread-memory.ts"));
  const { stdout } = await promisify(execFile)(file, asServer, {
    env: { PATH: process.env.PATH ?? "", NODE_ENV: "test" },
  });
  const { own, small, usual } = JSON.parse(stdout);
  expect(own / MB).toBeLessThan(600);
  expect(small.limit / MB).toBeLessThan(120);
  expect(small.young / MB).toBeLessThanOrEqual(4);
  expect(usual.limit / MB).toBeGreaterThan(500);
  expect(usual.limit / MB).toBeLessThan(650);
  expect(usual.young / MB).toBeGreaterThan(4);
});
