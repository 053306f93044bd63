import { test } from "vitest";
import { launch, signIn, visitor } from "../support/browser.ts";
import { startServer } from "../support/server.ts";

test("debug", async () => {
  const server = await startServer({ host: "localhost" });
  await server.command(["users", "add", "ada@example.org", "--name", "Ada"], `correct horse battery\n`);
  await server.command(["promote", "ada@example.org"]);
  const browser = await launch();
  try {
    const { context, page } = await visitor(browser, server.origin);
    page.setDefaultTimeout(6000);
    page.on("console", (m) => console.log("console", m.text()));
    page.on("request", (r) => r.method() === "POST" && console.log("POST", r.url(), Date.now()));
    page.on(
      "response",
      async (r) =>
        r.request().method() === "POST" &&
        console.log(r.status(), r.url(), (await r.text().catch(() => "")).slice(0, 200)),
    );
    const cdp = await context.newCDPSession(page);
    await cdp.send("WebAuthn.enable", { enableUI: false });
    const { authenticatorId } = await cdp.send("WebAuthn.addVirtualAuthenticator", {
      options: {
        protocol: "ctap2",
        transport: "internal",
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });
    const shots = async (name: string) => {
      for (const [scheme, width] of [
        ["light", 1440],
        ["dark", 1440],
        ["light", 390],
        ["dark", 390],
      ] as const) {
        await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
        await page.setViewportSize({ width, height: 900 });
        await page.screenshot({ path: `/tmp/zgw/tmp-passkey/${name}-${scheme}-${width}.png`, fullPage: true });
      }
      await page.setViewportSize({ width: 1280, height: 860 });
    };
    await page.goto("/login");
    await page.getByRole("button", { name: "Sign in with a passkey" }).waitFor();
    await shots("login");
    await signIn(page, "ada@example.org", "correct horse battery");
    await page.goto("/dashboard/settings/security");
    await shots("empty");
    for (const name of ["MacBook of the office on the second floor", "Key"]) {
      await page.getByRole("button", { name: "Add passkey" }).click();
      await page.getByRole("dialog").getByLabel("Name").fill(name);
      if (name === "Key") await shots("dialog");
      await page.getByRole("dialog").getByRole("button", { name: "Continue" }).click();
      if (name === "Key")
        await page
          .getByRole("dialog")
          .getByText("already")
          .waitFor()
          .then(() => shots("dialog-error"));
      else await page.getByRole("dialog").waitFor({ state: "hidden" });
    }
    await page.reload();
    await page.getByRole("table", { name: "Passkeys" }).waitFor();
    await shots("one");
    await page.getByRole("button", { name: "Remove password" }).click();
    await shots("remove-password");
    await page.getByRole("alertdialog").getByRole("button", { name: "Remove password" }).click();
    await page.getByText("Your only way in").waitFor();
    await shots("only");
    await context.clearCookies();
    console.log("signed out");
    await cdp.send("WebAuthn.setAutomaticPresenceSimulation", { authenticatorId, enabled: false });
    await page.goto("/login");
    await page.getByRole("button", { name: "Sign in with a passkey" }).waitFor();
    await new Promise((r) => setTimeout(r, 2500));
    console.log("now at", page.url());
    await page.getByLabel("E-mail").fill("other@example.org");
    await page.getByRole("button", { name: "Sign in with a passkey" }).click();
    await cdp.send("WebAuthn.setAutomaticPresenceSimulation", { authenticatorId, enabled: true });
    await page.getByText("does not belong").waitFor();
    await shots("login-error");
  } finally {
    await browser.close();
    await server.stop();
  }
}, 900_000);
