/** Where a folder is, from the top; each part leads there. */
import { TextLink } from "#components/ui/text-link.tsx";
import { folderHref, trailOf } from "./paths.ts";

export function FolderTrail({ server, folder }: { server: string; folder: string }) {
  const trail = trailOf(folder);
  return (
    <nav aria-label="Folder" className="min-w-0 font-mono wrap-anywhere">
      <ol className="flex flex-wrap items-baseline gap-x-1">
        {[{ name: "container", path: "/" }, ...trail].map(({ name, path }, place) => (
          <li key={path} className="flex gap-x-1">
            {place > 0 && (
              <span aria-hidden="true" className="text-faint">
                /
              </span>
            )}
            {path === folder ? (
              <span aria-current="page" className="font-semibold">
                {name}
              </span>
            ) : (
              <TextLink tone="dim" prefetch={false} href={folderHref(server, path)}>
                {name}
              </TextLink>
            )}
          </li>
        ))}
      </ol>
    </nav>
  );
}
