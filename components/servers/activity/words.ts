/** How what was done is put into words. Pure. */

const words: Readonly<Record<string, string>> = {
  "server:power.start": "Started the server",
  "server:power.stop": "Stopped the server",
  "server:power.restart": "Restarted the server",
  "server:power.kill": "Killed the server",
  "server:console.command": "Sent a command",
  "server:file.uploaded": "Uploaded a file",
  "server:sftp.write": "Wrote files over SFTP",
  "server:sftp.create": "Made files over SFTP",
  "server:sftp.create-directory": "Made folders over SFTP",
  "server:sftp.rename": "Renamed files over SFTP",
  "server:sftp.delete": "Deleted files over SFTP",
  "server:crashed": "The server crashed",
  "servers.console.open": "Opened the console",
  "servers.people.invite": "Invited somebody",
  "servers.people.edit": "Changed what a sub-user may do",
  "servers.people.remove": "Removed a sub-user",
  "servers.people.leave": "Left the server",
  "servers.people.resend": "Sent an invitation again",
  "servers.people.revoke": "Revoked an invitation",
  "invites.accept": "Accepted an invitation",
  "invites.answer": "Answered an invitation",
  "invites.decline": "Declined an invitation",
  "invites.register": "Accepted an invitation",
  "servers.sftp.makePassword": "Made a password for SFTP",
  "servers.sftp.dropPassword": "Removed a password for SFTP",
  "remote.sftp": "Logged in over SFTP",
  "servers.files.read": "Read a file",
  "servers.files.write": "Wrote a file",
  "servers.files.download": "Downloaded a file",
  "servers.files.upload": "Uploaded files",
  "servers.files.createFolder": "Made a folder",
  "servers.files.move": "Moved files",
  "servers.files.copy": "Copied a file",
  "servers.files.remove": "Deleted files",
  "servers.files.pack": "Packed files",
  "servers.files.unpack": "Unpacked a file",
  "servers.files.mode": "Changed the permissions of files",
  "servers.create": "Made the server",
  "servers.remove": "Began to delete the server",
  "servers.addPort": "Added an address",
  "servers.setPrimary": "Chose the main address",
  "servers.removePort": "Removed an address",
  "staffServers.create": "Made the server",
  "staffServers.edit": "Changed the settings",
  "staffServers.limit": "Changed the limits",
  "staffServers.suspend": "Suspended the server",
  "staffServers.unsuspend": "Ended the suspension",
  "staffServers.handOver": "Gave the server to another owner",
  "staffServers.transfer.begin": "Began to move the server to another node",
  "staffServers.transfer.cancel": "Called off the move to another node",
  "staffServers.remove": "Began to delete the server",
  "servers.edit": "Changed the settings",
  "servers.power": "Started or stopped the server",
  "servers.installLog": "Read what the installation wrote",
  "servers.reinstall": "Installed the server anew",
  "servers.setStartup": "Changed how the server starts",
  "servers.backups.create": "Began a backup",
  "servers.backups.lock": "Locked or unlocked a backup",
  "servers.backups.remove": "Deleted a backup",
  "servers.backups.restore": "Restored a backup",
  "servers.backups.download": "Downloaded a backup",
  "servers.databases.create": "Made a database",
  "servers.databases.credentials": "Looked at the password of a database",
  "servers.databases.rotate": "Changed the password of a database",
  "servers.databases.remove": "Deleted a database",
  "servers.schedules.create": "Added a schedule",
  "servers.schedules.edit": "Changed a schedule",
  "servers.schedules.remove": "Deleted a schedule",
  "servers.schedules.run": "Ran a schedule",
  "remoteServers.installed": "The installation ended",
  "remoteServers.reset": "The node started anew",
  "remoteTransfers.arrived": "The server moved to another node",
  "remoteTransfers.failed": "The move to another node failed",
  "servers.transfer": "The move to another node ended",
  "servers.transfers-overdue": "The move to another node ended",
};

export const whatWords = (what: string): string => words[what] ?? what;

/** The first words of what is told besides: a command, names of files. */
export function detailWords(details: unknown): string | null {
  const texts = textsOf(details).slice(0, 5);
  return texts.length === 0 ? null : texts.join(", ").slice(0, 300);
}

function textsOf(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(textsOf);
}
