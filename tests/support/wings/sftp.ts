/** Logins over SFTP, which ask the panel once, and what such a session may then do. */
import { randomBytes } from "node:crypto";
import * as z from "zod";
import { askPanel } from "./panel.ts";
import { knowsScopes, type SftpSession, type Wings } from "./state.ts";

const Admitted = z.object({ server: z.string(), user: z.string(), permissions: z.array(z.string()) });

/** Rejects with what the person is told: wrong credentials, or a name that cannot be one. */
export async function sftpLogin(
  wings: Wings,
  username: string,
  credential: { password: string } | { key: string },
  ip = "192.0.2.77:50000",
): Promise<SftpSession> {
  if (!/^.+\.[a-z0-9]{8}$/.test(username)) throw new Error("ssh: invalid username");
  const answer = await askPanel(wings, "POST", "/sftp/auth", {
    type: "key" in credential ? "public_key" : "password",
    username,
    password: "key" in credential ? credential.key : credential.password,
    ip,
    session_id: randomBytes(32).toString("base64"),
    client_version: Buffer.from("SSH-2.0-OpenSSH_9.2").toString("base64"),
  }).catch(() => {
    throw new Error("ssh: the credentials provided were invalid");
  });
  const { server, user, permissions } = Admitted.parse(answer);
  if (!wings.servers.has(server)) throw new Error("ssh: there is no such server here");
  const session: SftpSession = {
    user,
    server,
    permissions,
    open: true,
    may: (permission) => {
      const now = wings.servers.get(server);
      if (!session.open || !now || now.configuration.settings.suspended) return false;
      if (knowsScopes(wings) && now.busy) return false;
      return permissions.includes("*") || permissions.includes(permission);
    },
    close: () => {
      session.open = false;
      wings.sftp.delete(session);
    },
  };
  wings.sftp.add(session);
  return session;
}
