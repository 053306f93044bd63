/** Paths of files within a server, as pages put them together. */
import { formatBytes } from "../bytes.ts";

export const joined = (folder: string, name: string): string => (folder === "/" ? `/${name}` : `${folder}/${name}`);

export const nameOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

/** Where the page of a folder is. */
export const folderHref = (server: string, folder: string): string =>
  `/dashboard/servers/${server}/files${folder === "/" ? "" : `?folder=${encodeURIComponent(folder)}`}`;

/** The folder with those that it is in, from the top. */
export function trailOf(folder: string): { name: string; path: string }[] {
  const parts = folder.split("/").filter(Boolean);
  return parts.map((name, n) => ({ name, path: `/${parts.slice(0, n + 1).join("/")}` }));
}

export const isArchive = (name: string): boolean => /\.(?:tar(?:\.(?:gz|bz2|xz))?|tgz|zip|rar|7z|gz)$/i.test(name);

const BINARY =
  /\.(?:jar|zip|tar|gz|tgz|bz2|xz|7z|rar|png|jpe?g|gif|webp|ico|dat|mca|db|sqlite|exe|dll|so|bin|class|mp[34]|ogg|wav|pdf)$/i;

/** Whether it is opened to be edited: what is no text by its name, or too large, is downloaded. */
export const isEditable = (file: { name: string; bytes: number | null }): boolean =>
  !BINARY.test(file.name) && (file.bytes ?? 0) <= EDITABLE;

const EDITABLE = 2 * 1024 * 1024;

export const sizeOf = ({ bytes }: { bytes: number | null }): string => (bytes === null ? "" : formatBytes(bytes));
