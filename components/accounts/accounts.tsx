/** All accounts of the panel, for staff. */
import { UserCog } from "lucide-react";
import { forbidden } from "next/navigation";
import { Badge } from "#components/ui/badge.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { listHref, listState, type SearchParams, sortLink } from "#components/ui/list-state.ts";
import { ListView } from "#components/ui/list-view.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { Table, TBody, Td, THead, Th, Tr } from "#components/ui/table.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import { Time } from "#components/ui/time.tsx";
import { currentActor, load } from "#lib/api/caller.ts";
import { CreateAccount } from "./create-account.tsx";

const PATH = "/dashboard/accounts";

export async function Accounts({ params }: { params: SearchParams }) {
  const { grants } = await currentActor();
  if (!grants.has("users:read")) forbidden();
  const list = listState(PATH, params, ["name", "email", "createdAt"], ["q"]);
  const q = list.filters.q ?? "";
  const page = await load((api) => api.accounts.list({ page: list.page, sort: list.sort, q }));
  const now = Date.now();
  return (
    <>
      <PageHeader title="Accounts" description="Everybody who can sign in to this panel." />
      <ListView
        page={page}
        q={q}
        noun={["account", "accounts"]}
        hrefFor={(number) => listHref(list, { page: number })}
        clearHref={PATH}
        actions={grants.has("users:write") && <CreateAccount />}
        empty={<EmptyState icon={<UserCog />} title="No accounts" />}
      >
        <Table label="Accounts" stack>
          <THead>
            <Th sort={sortLink(list, "name")}>Name</Th>
            <Th sort={sortLink(list, "email")}>E-mail</Th>
            <Th>Roles</Th>
            <Th>Status</Th>
            <Th sort={sortLink(list, "createdAt")}>Made</Th>
          </THead>
          <TBody>
            {page.items.map(({ id, name, email, roles, suspended, createdAt }) => (
              <Tr key={id}>
                <Td className="font-medium">
                  <TextLink tone="plain" href={`${PATH}/${id}`}>
                    {name}
                  </TextLink>
                </Td>
                <Td label="E-mail" dim className="wrap-anywhere">
                  {email}
                </Td>
                <Td label="Roles">
                  <span className="inline-flex flex-wrap gap-1 align-middle">
                    {roles.length === 0 && <span className="text-faint">default</span>}
                    {roles.map((role) => (
                      <Badge key={role} tone="accent">
                        {role}
                      </Badge>
                    ))}
                  </span>
                </Td>
                <Td label="Status">
                  <Badge tone={suspended ? "bad" : "ok"}>{suspended ? "Suspended" : "Active"}</Badge>
                </Td>
                <Td label="Made" dim>
                  <Time at={createdAt} now={now} />
                </Td>
              </Tr>
            ))}
          </TBody>
        </Table>
      </ListView>
    </>
  );
}
