/** The databases of a server: those that there are, and room for more. */

import { EmptyState } from "#components/ui/empty-state.tsx";
import { Database } from "#components/ui/icons.tsx";
import { load } from "#lib/api/caller.ts";
import { Refreshing } from "../backups/refreshing.tsx";
import { CreateDatabase } from "./create-database.tsx";
import { DatabaseList } from "./database-list.tsx";

export async function DatabasesPage({ params }: { params: Promise<{ server: string }> }) {
  const { server } = await params;
  const { items, limit, hosts } = await load((api) => api.servers.databases.list({ server }));
  const full = items.length >= limit;
  const create = limit > 0 && <CreateDatabase server={server} hosts={hosts} full={full || hosts.length === 0} />;
  return (
    <>
      <Refreshing while={items.some(({ state }) => state !== "ready")} />
      <div className="mb-2.5 flex flex-wrap items-center justify-between gap-2">
        <p className="text-dim">
          {limit > 0 && `${items.length} of ${limit} ${limit === 1 ? "database" : "databases"}.`}
          {full && limit > 0 && " Delete one to make room for the next."}
          {!full && hosts.length === 0 && " No database host has room now."}
        </p>
        {items.length > 0 && create}
      </div>
      {items.length === 0 ? (
        <EmptyState
          icon={<Database />}
          title={limit === 0 ? "This server has no room for databases" : "There are no databases yet"}
          action={create}
        >
          {limit === 0
            ? "Ask whoever runs the panel for room."
            : "A database comes with a user of its own, who can do anything in it and nothing elsewhere."}
        </EmptyState>
      ) : (
        <DatabaseList server={server} items={items} now={Date.now()} />
      )}
    </>
  );
}
