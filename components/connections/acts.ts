/** What is done with connections: the panel's, or with a handle those of one organisation. */
import type { Api } from "#components/ui/attempt.ts";
import type { Outputs } from "#lib/api/outputs.ts";

export type Kept = Outputs["dns"]["sharedConnections"]["items"][number];
export type TestResult = Outputs["dns"]["testSharedConnection"];

/** The handle; null: the panel's. */
export type Owner = string | null;

type New = Parameters<Api["dns"]["addSharedConnection"]>[0];
type Edit = Parameters<Api["dns"]["editSharedConnection"]>[0];
type Secret = Parameters<Api["dns"]["rotateSharedConnection"]>[0];

export const add = (owner: Owner, input: New) => (api: Api) =>
  owner === null ? api.dns.addSharedConnection(input) : api.dns.addOwnConnection({ organisation: owner, ...input });

export const edit = (owner: Owner, input: Edit) => (api: Api) =>
  owner === null ? api.dns.editSharedConnection(input) : api.dns.editOwnConnection({ organisation: owner, ...input });

export const rotate = (owner: Owner, input: Secret) => (api: Api) =>
  owner === null
    ? api.dns.rotateSharedConnection(input)
    : api.dns.rotateOwnConnection({ organisation: owner, ...input });

export const test = (owner: Owner, connection: string) => (api: Api) =>
  owner === null
    ? api.dns.testSharedConnection({ connection })
    : api.dns.testOwnConnection({ organisation: owner, connection });

export const remove = (owner: Owner, connection: string) => (api: Api) =>
  owner === null
    ? api.dns.removeSharedConnection({ connection })
    : api.dns.removeOwnConnection({ organisation: owner, connection });
