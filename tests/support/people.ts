/** People of a panel that runs, made where no form has to be filled in: rows as making an account and signing in write them. */
import { readFileSync } from "node:fs";
import path from "node:path";
import type { Tx } from "#db/client.ts";
import type { Setting, SettingKey } from "#lib/settings/settings.ts";

/** Everybody's. */
export const PASSWORD = "correct horse battery";
/** Of that, at the lowest cost there is: what the panel hashes itself, at its own cost, takes a third of a second to compare. */
const HASH = "$2b$04$oLX3l7U4Nbl865D8Vt4/DutJiWFRQrPbZfSOu0gasdsi3fGSmcIqK";

/** Everything, or these permissions beside what everybody may; without it, what everybody may. */
export type Standing = "root" | readonly string[];

/** An account that has just signed in with its password. The address is made of the name if it is not given. */
export async function insertPerson(
  dataDir: string,
  name: string,
  standing: Standing = [],
  email = `${name.toLowerCase().replaceAll(" ", ".")}@example.org`,
): Promise<{ id: string; name: string; email: string; cookie: string }> {
  const { encode } = await import("next-auth/jwt");
  const { createSession, SESSION_COOKIE, SESSION_DAYS } = await import("#lib/auth/session.ts");
  const { deriveKey } = await import("#lib/crypto/secret.ts");
  const { systemActor } = await import("#lib/actor.ts");
  const { insertAccount } = await import("#lib/users/users.ts");
  const roles = await import("#lib/roles/roles.ts");
  const tables = await import("#db/schema/index.ts");
  const { newId } = await import("#lib/id.ts");

  const { id, sid } = await within(dataDir, (tx) => {
    const { id } = insertAccount(tx, { name, email, passwordHash: HASH }, systemActor("test", "test"));
    if (standing === "root") roles.giveRole(tx, id, roles.roleByName("rootAdmin", tx)?.id ?? "");
    else if (standing.length > 0) {
      const role = newId();
      const parentId = roles.roleByName("default", tx)?.id ?? null;
      tx.insert(tables.roles)
        .values({ id: role, name: `Role of ${email}`, parentId, createdAt: Date.now() })
        .run();
      tx.insert(tables.roleGrants)
        .values(standing.map((grant, position) => ({ roleId: role, grant, position })))
        .run();
      roles.giveRole(tx, id, role);
    }
    const visit = { address: "127.0.0.1", userAgent: "test", method: "password" as const, mfa: false };
    return { id, sid: createSession({ userId: id, ...visit }, tx) };
  });
  const secret = deriveKey("next-auth", readFileSync(path.join(dataDir, "secret"), "utf8").trim()).toString("hex");
  const cookie = await encode({ token: { sid }, secret, maxAge: SESSION_DAYS * 86_400 });
  return { id, name, email, cookie: `${SESSION_COOKIE}=${cookie}` };
}

export async function writeSetting<K extends SettingKey>(dataDir: string, key: K, value: Setting<K>): Promise<void> {
  const { setSetting } = await import("#lib/settings/settings.ts");
  await within(dataDir, (tx) => setSetting(key, value, tx));
}

/** One transaction on the database of a server that runs. */
async function within<T>(dataDir: string, work: (tx: Tx) => T): Promise<T> {
  const { open } = await import("#db/client.ts");
  const database = open(path.join(dataDir, "panel.db"));
  try {
    return database.transaction(work, { behavior: "immediate" });
  } finally {
    database.$client.close();
  }
}
