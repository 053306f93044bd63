/** What a tab's view is given. */
import type { Permission } from "#lib/access/permissions.ts";
import type { Outputs } from "#lib/api/outputs.ts";
import type { TabId, TabOf } from "#lib/staff/tabs.ts";
import type { Query } from "./address.ts";

type At<R, Path extends string> = Path extends `${infer Head}.${infer Rest}`
  ? Head extends keyof R
    ? At<R[Head], Rest>
    : never
  : Path extends keyof R
    ? R[Path]
    : never;

/** What the tab's `list` answers. */
export type TabData<K extends TabId> = At<Outputs, TabOf<K>["list"]>;

/** What its `open` answers; `never` where rows do not open. */
export type TabRow<K extends TabId> =
  TabOf<K> extends { open: { procedure: infer Path extends string } } ? At<Outputs, Path> : never;

export interface TabProps<K extends TabId> {
  tab: K;
  data: TabData<K>;
  /** The row that the address opens. Null: none is open. */
  one: TabRow<K> | null;
  /** Which of the tab's acts the account may do. */
  may: readonly Permission[];
  /** The account's own id. */
  self: string;
  query: Query;
  /** The server's time, in milliseconds, so that both sides say the same. */
  now: number;
}
