/** The files of a server: one folder, which the address names. */

import { redirect } from "next/navigation";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { FolderX } from "#components/ui/icons.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { load } from "#lib/api/caller.ts";
import { NodeReach } from "../node-reach.tsx";
import { orProblem } from "../problem-of.ts";
import { FolderView } from "./folder-view.tsx";
import { folderHref } from "./paths.ts";

interface Props {
  params: Promise<{ server: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export async function FilesPage({ params, searchParams }: Props) {
  const { server } = await params;
  const { folder: wanted = "/" } = await searchParams;
  const folder = typeof wanted === "string" ? wanted : "/";
  const [open, listed] = await load(
    async (api) =>
      [await api.servers.open({ server }), await orProblem(api.servers.files.list({ server, folder }))] as const,
  );
  // Browsers let this page call the node by the id alone.
  if (server !== open.id) redirect(folderHref(open.id, folder));
  return (
    <>
      <NodeReach server={server} />
      {"problem" in listed ? (
        <EmptyState
          icon={<FolderX />}
          title="The files cannot be shown"
          action={
            <>
              <LinkButton href={folderHref(server, folder)} replace>
                Try again
              </LinkButton>
              {folder !== "/" && <LinkButton href={folderHref(server, "/")}>Back to the first folder</LinkButton>}
            </>
          }
        >
          {listed.problem}
        </EmptyState>
      ) : (
        <FolderView key={listed.value.folder} server={server} name={open.name} {...listed.value} now={Date.now()} />
      )}
    </>
  );
}
