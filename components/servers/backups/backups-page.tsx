/** The backups of a server: those that there are, and room for more. */

import { EmptyState } from "#components/ui/empty-state.tsx";
import { Archive } from "#components/ui/icons.tsx";
import { load } from "#lib/api/caller.ts";
import { BackupList } from "./backup-list.tsx";
import { CreateBackup } from "./create-backup.tsx";
import { Refreshing } from "./refreshing.tsx";

export async function BackupsPage({ params }: { params: Promise<{ server: string }> }) {
  const { server } = await params;
  const [open, { items, limit, used }] = await load(
    async (api) => [await api.servers.open({ server }), await api.servers.backups.list({ server })] as const,
  );
  const busy = open.state === "restoring" || items.some(({ state }) => state === "making");
  const full = used >= limit;
  const create = limit > 0 && <CreateBackup server={server} full={full} />;
  return (
    <>
      <Refreshing while={busy} />
      <div className="mb-2.5 flex flex-wrap items-center justify-between gap-2">
        <p className="text-dim">
          {limit > 0 && `${used} of ${limit} ${limit === 1 ? "backup" : "backups"}.`}
          {full && limit > 0 && " Delete one to make room for the next."}
        </p>
        {items.length > 0 && create}
      </div>
      {items.length === 0 ? (
        <EmptyState
          icon={<Archive />}
          title={limit === 0 ? "This server has no room for backups" : "There are no backups yet"}
          action={create}
        >
          {limit === 0
            ? "Ask whoever runs the panel for room."
            : "A backup holds all files of the server as they are when it is made, but for what you leave out."}
        </EmptyState>
      ) : (
        <BackupList server={server} name={open.name} items={items} now={Date.now()} />
      )}
    </>
  );
}
