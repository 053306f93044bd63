/** A panel that people open at an IP address: passkeys belong to host names, so there are none. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Panel, startPanel } from "../support/panel.ts";

let panel: Panel;
beforeAll(async () => {
  panel = await startPanel({ NEXTAUTH_URL: "http://192.0.2.7:3000" });
});
afterAll(() => panel.close());

test("the page is told so, and every question answers 503", async () => {
  const person = await panel.person("Ada");
  const headers = { cookie: person.cookie, origin: "http://192.0.2.7:3000" };
  const list = await panel.call("GET", "/account/passkeys", undefined, headers);
  expect(list).toMatchObject({ status: 200, body: { items: [], password: true, available: false } });
  for (const [path, body] of [
    ["/account/passkeys/options", { name: "Phone" }],
    ["/account/confirm/passkey/options", undefined],
    ["/sign-in/passkey/options", undefined],
  ] as const)
    expect(await panel.call("POST", path, body, headers), path).toMatchObject({
      status: 503,
      body: { code: "feature_disabled", message: expect.stringContaining("host name") },
    });
});
