/** One's API tokens: what each may do, and when it was last used. */

import { forbidden } from "next/navigation";
import { Badge } from "#components/ui/badge.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { KeyRound } from "#components/ui/icons.tsx";
import { listHref, listState, type SearchParams, sortLink } from "#components/ui/list-state.ts";
import { ListView } from "#components/ui/list-view.tsx";
import { Table, TBody, Td, THead, Th, Tr } from "#components/ui/table.tsx";
import { Time } from "#components/ui/time.tsx";
import { currentActor, load } from "#lib/api/caller.ts";
import { ChangeToken, MakeToken, RevokeToken } from "./token-actions.tsx";
import type { TokenChoices } from "./token-form.tsx";
import { rightsInWords } from "./token-words.ts";

const PATH = "/dashboard/settings/tokens";

export async function Tokens({ params }: { params: SearchParams }) {
  const { grants } = await currentActor();
  if (!grants.has("apikeys:read")) forbidden();
  const list = listState(PATH, params, ["createdAt", "name", "lastUsedAt"], ["q"]);
  const q = list.filters.q ?? "";
  const [page, choices] = await Promise.all([
    load((api) => api.tokens.list({ page: list.page, sort: list.sort, q })),
    choicesOf(grants),
  ]);
  const mayMake = grants.has("apikeys:create");
  const mayRevoke = grants.has("apikeys:delete");
  const servers = new Map(choices.servers.map(({ id, name }) => [id, name]));
  const now = Date.now();
  return (
    <ListView
      page={page}
      q={q}
      noun={["token", "tokens"]}
      hrefFor={(number) => listHref(list, { page: number })}
      clearHref={PATH}
      actions={mayMake && <MakeToken choices={choices} />}
      empty={
        <EmptyState icon={<KeyRound />} title="No API tokens yet" action={mayMake && <MakeToken choices={choices} />}>
          A token lets a script or another program use the panel for you, with no more rights than you give it.
        </EmptyState>
      }
    >
      <Table label="API tokens" stack>
        <THead>
          <Th sort={sortLink(list, "name")}>Name</Th>
          <Th>May do</Th>
          <Th sort={sortLink(list, "createdAt")}>Made</Th>
          <Th sort={sortLink(list, "lastUsedAt")}>Last used</Th>
          <Th>Expires</Th>
          <Th hidden>Actions</Th>
        </THead>
        <TBody>
          {page.items.map((token) => {
            const { id, name, prefix, networks, createdAt, expiresAt, lastUsedAt, lastUsedAddress } = token;
            const expired = expiresAt !== null && expiresAt <= now;
            return (
              <Tr key={id}>
                <Td className="align-top">
                  <span className="block font-medium wrap-anywhere">{name}</span>
                  <span className="font-mono text-xs text-dim">{prefix}…</span>
                </Td>
                <Td label="May do" className="align-top">
                  <ul className="max-w-[44ch] wrap-anywhere">
                    {rightsInWords(token, servers).map((right) => (
                      <li key={right}>{right}</li>
                    ))}
                    {networks.length > 0 && <li className="text-dim">Only from {networks.join(", ")}</li>}
                  </ul>
                </Td>
                <Td label="Made" dim className="align-top">
                  <Time at={createdAt} now={now} />
                </Td>
                <Td label="Last used" dim className="align-top">
                  {lastUsedAt === null ? "Never" : <Time at={lastUsedAt} now={now} />}
                  {lastUsedAddress !== null && <span className="block font-mono text-xs">{lastUsedAddress}</span>}
                </Td>
                <Td label="Expires" dim className="align-top">
                  {expiresAt === null ? "Never" : !expired && <Time at={expiresAt} now={now} />}
                  {expired && <Badge tone="bad">Expired</Badge>}
                </Td>
                <Td align="end" className="align-top whitespace-nowrap">
                  {mayRevoke && (
                    <>
                      <ChangeToken token={token} choices={choices} />
                      <RevokeToken id={id} name={name} />
                    </>
                  )}
                </Td>
              </Tr>
            );
          })}
        </TBody>
      </Table>
    </ListView>
  );
}

/** What the account can put into a token. More zones than fit here can be typed by name. */
async function choicesOf(grants: { has(permission: string): boolean }): Promise<TokenChoices> {
  const [permissions, organisations, zones, servers] = await Promise.all([
    load((api) => api.roles.permissions({})),
    load((api) => api.organisations.list({ perPage: 200 })),
    load((api) => api.dns.ownZones({ perPage: 200 })).catch(() => ({ items: [] })),
    load((api) => api.servers.list({ perPage: 200 })),
  ]);
  return {
    permissions: permissions.items
      .filter(({ value }) => grants.has(value))
      .map(({ value, category, description }) => ({ value, category, description })),
    organisations: organisations.items.map(({ id, name, role }) => ({ id, name, role })),
    servers: servers.items.map(({ id, name, capabilities }) => ({ id, name, capabilities })),
    zones: zones.items.map(({ displayName, organisation }) => `${organisation.handle}/${displayName}`),
  };
}
