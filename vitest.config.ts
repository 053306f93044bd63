import { defineConfig } from "vitest/config";

const project = (name: string, more: object = {}) => ({
  test: {
    name,
    include: [`tests/${name}/**/*.test.ts`],
    environment: "node",
    env: { NODE_ENV: "test" as const },
    ...more,
  },
});

export default defineConfig({
  test: {
    // Much of a test is waiting for a process or a browser: two files at once also on two cores.
    maxWorkers: 2,
    projects: [
      project("unit", { testTimeout: 120_000 }),
      project("contract", { testTimeout: 60_000, hookTimeout: 60_000 }),
      // One file after the other in one process: what the panel is made of is loaded once.
      project("api", {
        testTimeout: 120_000,
        hookTimeout: 60_000,
        isolate: false,
        setupFiles: "tests/support/fresh.ts",
        execArgv: ["tests/support/keep-compiled.mjs", "scripts/preload.mjs", "tests/support/cheap-passwords.mjs"].map(
          (file) => `--import=./${file}`,
        ),
      }),
      // Scale and soak: `npm run test:long`, never a part of `npm test`.
      project("long", { testTimeout: 3_600_000, hookTimeout: 600_000 }),
      project("e2e", {
        testTimeout: 180_000,
        hookTimeout: 180_000,
        globalSetup: "tests/support/built.ts",
        // One file after the other in one process, whose Chromium and whose server they share.
        isolate: false,
        // A sixth of the time of two is waiting: 289 s on two cores, and 249 with three.
        maxWorkers: 3,
      }),
    ],
  },
});
