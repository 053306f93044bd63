/** A panel's data directory as months of use leave it. Nothing holds it open between two looks at it. */
import { dataDirectory, panelCommand, type Ran } from "./server.ts";

export const EMAIL = "ada@example.org";

export interface KeptPanel {
  dataDir: string;
  /** `npm run panel -- …`, as a process. */
  command(args: string[], input?: string, env?: Record<string, string>): Promise<Ran>;
  /** Does something in this process as if the panel had just been started on the data, and closes it again. */
  inside<T>(work: (modules: Modules) => T | Promise<T>, env?: Record<string, string>): Promise<T>;
  remove(): void;
}

type Modules = Awaited<ReturnType<typeof modules>>;

const modules = async () => ({
  ...(await import("#db/client.ts")),
  schema: await import("#db/schema/index.ts"),
  ...(await import("#lib/backup/backup.ts")),
  ...(await import("#lib/crypto/rekey.ts")),
  ...(await import("#lib/crypto/seal.ts")),
  ...(await import("#lib/crypto/secret.ts")),
  ...(await import("#lib/doctor/doctor.ts")),
  ...(await import("#lib/mail/outbox.ts")),
});

/** One account that holds everything, set up; nothing else. */
export async function keptPanel(env: Record<string, string> = {}): Promise<KeptPanel> {
  const { dataDir, remove } = dataDirectory();
  const panel: KeptPanel = {
    dataDir,
    command: (args, input = "", more = {}) => panelCommand(dataDir, args, input, { ...env, ...more }),
    inside: (work, more = {}) => startedOn(dataDir, { ...env, ...more }, work),
    remove,
  };
  await panel.inside(async ({ db, transaction, recordSecret }) => {
    const { migrate } = await import("#db/migrate.ts");
    const { ensureBuiltInRoles, giveRole, roleByName } = await import("#lib/roles/roles.ts");
    const { insertAccount } = await import("#lib/users/users.ts");
    const { systemActor } = await import("#lib/actor.ts");
    migrate(db());
    recordSecret();
    transaction((tx) => {
      ensureBuiltInRoles(tx);
      const account = { name: "Ada", email: EMAIL, passwordHash: "$2b$04$not.a.hash.that.anything.matches" };
      giveRole(tx, insertAccount(tx, account, systemActor("test")).id, roleByName("rootAdmin", tx)?.id ?? "");
    });
  });
  return panel;
}

/** What is one of a kind in a process is made anew, and what the process had is put back. */
async function startedOn<T>(
  dataDir: string,
  env: Record<string, string>,
  work: (modules: Modules) => T | Promise<T>,
): Promise<T> {
  const kept = process.env;
  const store = globalThis as { __zonegate?: unknown };
  const mine = store.__zonegate;
  process.env = { PATH: kept.PATH, NODE_ENV: "test", DATA_DIR: dataDir, ...env };
  delete store.__zonegate;
  const panel = await modules();
  try {
    return await work(panel);
  } finally {
    panel.db().$client.close();
    process.env = kept;
    store.__zonegate = mine;
  }
}

export const SECRETS = { factor: "JBSWY3DPEHPK3PXP", link: "https://panel.example.org/reset#the-one-time-link" };

/** A second factor, a mail that waits with its link, and one of everything that opens a door once or until it is shut. */
export const liveIn = (panel: KeptPanel): Promise<void> =>
  panel.inside(({ transaction, schema, seal, queueMail, hashToken }) => {
    const now = Date.now();
    const soon = now + 86_400_000;
    transaction((tx) => {
      const user = tx.select().from(schema.users).all()[0];
      if (!user) throw new Error("there is no account");
      const secret = seal(SECRETS.factor, { table: "totp_factors", column: "secret", row: user.id });
      const owned = { userId: user.id, createdAt: now };
      const passing = { createdAt: now, expiresAt: soon };
      tx.insert(schema.totpFactors)
        .values({ ...owned, secret, confirmedAt: now })
        .run();
      tx.insert(schema.recoveryCodes)
        .values({ ...owned, codeHash: hashToken("code") })
        .run();
      queueMail(tx, {
        template: "reset",
        userId: user.id,
        recipient: user.email,
        subject: "Reset",
        text: "[link]",
        link: { url: SECRETS.link, expiresAt: soon },
      });
      tx.insert(schema.sessions)
        .values({ id: "s", ...owned, ...passing, lastSeenAt: now, address: "192.0.2.1", userAgent: "x" })
        .run();
      tx.insert(schema.accountLinks)
        .values({ id: "l", kind: "reset", ...owned, ...passing, email: user.email, tokenHash: hashToken("l") })
        .run();
      tx.insert(schema.challenges)
        .values({ id: "c", purpose: "passkey.signIn", browserHash: "x", ...passing })
        .run();
      tx.insert(schema.tokens)
        .values({ id: "t", ...owned, name: "deploy", prefix: "zg_x", tokenHash: hashToken("t"), mode: "full" })
        .run();
      tx.insert(schema.organisations).values({ id: "o", handle: "acme", name: "Acme", createdAt: now }).run();
      tx.insert(schema.organisationInvites)
        .values({
          id: "i",
          organisationId: "o",
          email: "b@example.org",
          role: "member",
          invitedBy: user.id,
          ...passing,
        })
        .run();
    });
  });

/** The findings of `doctor` that are not in order, by check. */
export const complaints = (panel: KeptPanel, env: Record<string, string> = {}): Promise<Record<string, string>> =>
  panel.inside(async ({ examine }) => {
    const bad = (await examine()).filter(({ status }) => status !== "ok");
    return Object.fromEntries(bad.map(({ check, status, message }) => [check, `${status}: ${message}`]));
  }, env);
