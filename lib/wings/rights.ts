/** What a person's capabilities in a server are at its node. Pure, and named one by one: what daemons add later nobody has. */

/** Those that the node has to do with. */
type Has = (capability: "console" | "files" | "backups") => boolean;

/** For the socket. Null: no token at all, because whoever may connect sees the console. */
export function socketPermissions(has: Has, { owner, staff }: { owner: boolean; staff: boolean }): string[] | null {
  if (!has("console")) return null;
  return [
    "websocket.connect",
    "control.console",
    "control.start",
    "control.stop",
    "control.restart",
    ...(has("backups") ? ["backup.read"] : []),
    ...(owner || staff ? ["admin.websocket.install", "admin.websocket.transfer"] : []),
    ...(staff ? ["admin.websocket.errors"] : []),
  ];
}

/** Over SFTP. Empty: whoever logs in is refused. */
export const sftpPermissions = (has: Has): string[] =>
  has("files") ? ["file.read", "file.read-content", "file.create", "file.update", "file.delete"] : [];
