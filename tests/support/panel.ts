/** A panel in this process, on a database of its own: requests go through the same entrance as over HTTP. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Actor } from "#lib/actor.ts";

export interface Answer<T = Record<string, unknown>> {
  status: number;
  body: T;
  headers: Headers;
}

export interface Person {
  id: string;
  email: string;
  /** What the session's cookie holds. */
  cookie: string;
  call<T = Record<string, never>>(method: string, path: string, body?: unknown): Promise<Answer<T>>;
}

export interface Panel {
  dataDir: string;
  call<T = Record<string, never>>(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer<T>>;
  /** An account with the roles named, signed in. */
  person(name: string, grants?: string[] | "root"): Promise<Person>;
  system: Actor;
  close(): Promise<void>;
}

/** Sets the environment first and imports the panel afterwards: one panel a test file. */
export async function startPanel(environment: Record<string, string> = {}): Promise<Panel> {
  const dataDir = mkdtempSync(path.join(tmpdir(), "zonegate-test-"));
  Object.assign(process.env, { NODE_ENV: "test", DATA_DIR: dataDir, ...environment });
  // What still ran of the panel before may have looked for its own again since it was closed.
  delete (globalThis as { __zonegate?: unknown }).__zonegate;
  const { db, transaction } = await import("#db/client.ts");
  const { migrate } = await import("#db/migrate.ts");
  const { handleApi } = await import("#lib/api/http.ts");
  const { createSession, encodeSession, sessionCookie } = await import("#lib/auth/session.ts");
  const { ensureBuiltInRoles, giveRole, roleByName } = await import("#lib/roles/roles.ts");
  const { insertAccount } = await import("#lib/users/users.ts");
  const { systemActor } = await import("#lib/actor.ts");
  const { roles, roleGrants } = await import("#db/schema/index.ts");
  const { newId } = await import("#lib/id.ts");
  const { closeLogs } = await import("#lib/log/store.ts");
  migrate(db());
  transaction(ensureBuiltInRoles);
  const system = systemActor("test", "test");

  const call: Panel["call"] = async (method, target, body, headers = {}) => {
    const text = typeof body === "string" ? body : body === undefined ? undefined : JSON.stringify(body);
    const response = await handleApi(
      new Request(`http://localhost:3000/api${target}`, {
        method,
        headers: {
          origin: "http://localhost:3000",
          ...(text === undefined ? {} : { "content-type": "application/json" }),
          ...headers,
        },
        ...(text === undefined ? {} : { body: text }),
      }),
    );
    const stream = response.headers.get("content-type")?.startsWith("text/event-stream") ?? false;
    // A stream has no end: that it began is the answer.
    if (stream) await response.body?.cancel();
    const raw = stream ? "" : await response.text();
    const json = /\bjson\b/.test(response.headers.get("content-type") ?? "");
    return { status: response.status, body: raw && json ? JSON.parse(raw) : raw || null, headers: response.headers };
  };

  const person: Panel["person"] = async (name, grants) => {
    const email = `${name.toLowerCase().replaceAll(" ", ".")}@example.org`;
    const account = transaction((tx) => {
      const made = insertAccount(
        tx,
        { name, email, passwordHash: "$2b$04$not.a.hash.that.anything.matches.at.all.not.a.hash.xxxxx" },
        system,
      );
      if (grants === "root") giveRole(tx, made.id, roleByName("rootAdmin", tx)?.id ?? "");
      else if (grants) {
        const id = newId();
        tx.insert(roles)
          .values({ id, name: `role of ${email}`, createdAt: Date.now() })
          .run();
        if (grants.length > 0)
          tx.insert(roleGrants)
            .values(grants.map((grant, position) => ({ roleId: id, grant, position })))
            .run();
        giveRole(tx, made.id, id);
      }
      return made;
    });
    const sid = createSession({
      userId: account.id,
      address: "127.0.0.1",
      userAgent: "test",
      method: "password",
      mfa: false,
    });
    const cookie = `${sessionCookie()}=${await encodeSession(sid)}`;
    return { id: account.id, email, cookie, call: (method, target, body) => call(method, target, body, { cookie }) };
  };

  return {
    dataDir,
    call,
    person,
    system,
    close: async () => {
      const { $client } = db();
      await closeLogs().catch(() => {});
      $client.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
