/** Which folders of a node may be shown to servers, and where in them. Pure. */

/** What a server would take its node over with, or read the secrets of others from. */
const OF_THE_NODE = [
  "/bin",
  "/boot",
  "/dev",
  "/etc",
  "/lib",
  "/lib32",
  "/lib64",
  "/proc",
  "/root",
  "/run",
  "/sbin",
  "/sys",
  "/usr",
  "/var/backups",
  "/var/cache",
  "/var/lib/containerd",
  "/var/lib/docker",
  "/var/lib/pelican",
  "/var/lib/pterodactyl",
  "/var/lib/systemd",
  "/var/log",
  "/var/run",
  "/var/spool",
];

/** Where the container has what it needs itself. */
const OF_THE_CONTAINER = ["/bin", "/dev", "/etc", "/lib", "/lib64", "/proc", "/run", "/sbin", "/sys", "/tmp", "/usr"];
/** Where installations work. */
const OF_THE_INSTALLER = ["/mnt/server", "/mnt/install"];
export const HOME = "/home/container";

/** Absolute, and says where it leads: a daemon compares beginnings of texts. Colons separate paths for Docker. */
export const isPlainPath = (path: string): boolean =>
  /^(\/[^/\p{Cc}:\\]+)+$/u.test(path) && path.split("/").every((part) => part !== "." && part !== "..");

const holds = (folder: string, path: string): boolean => path === folder || path.startsWith(`${folder}/`);
/** Whether one of them is in the other, or they are the same. */
export const meet = (one: string, other: string): boolean => holds(one, other) || holds(other, one);
const meets = (path: string, folders: readonly string[]): string | undefined =>
  folders.find((folder) => meet(folder, path));

/** Why it cannot be, or null. `kept`: folders in which the nodes keep the files of all servers. */
export function sourceProblem(path: string, kept: readonly string[] = []): string | null {
  if (!isPlainPath(path)) return "Enter a whole path such as /srv/maps, without . and .. and a slash at its end.";
  const system = meets(path, OF_THE_NODE);
  if (system !== undefined) return `${system} belongs to the machine itself.`;
  const files = meets(path, kept);
  return files === undefined ? null : `${files} holds the files of all servers.`;
}

export function targetProblem(path: string): string | null {
  if (!isPlainPath(path)) return "Enter a whole path such as /mnt/maps, without . and .. and a slash at its end.";
  if (holds(path, HOME)) return "That would hide the server’s own files.";
  const own = meets(path, [...OF_THE_CONTAINER, ...OF_THE_INSTALLER]);
  return own === undefined ? null : `${own} is needed for something else in a server.`;
}
