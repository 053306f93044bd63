/** The Staff Portal: which tabs one may open, and the one that the address names. Whoever is no staff is led away without a word. */
import { redirect } from "next/navigation";
import { Banner } from "#components/ui/banner.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { currentActor, load, visit } from "#lib/api/caller.ts";
import type { FilledTab, OpenTab } from "#lib/pages/visitor.ts";
import type { Params } from "#lib/staff/loading.ts";
import type { TabId } from "#lib/staff/tabs.ts";
import { GlobalSearch } from "./global-search.tsx";
import { PrivacySwitch } from "./privacy-switch.tsx";
import { TabBoundary } from "./tab-boundary.tsx";
import { TabList } from "./tab-list.tsx";
import type { TabData, TabProps, TabRow } from "./tab-props.ts";
import { TabSelect } from "./tab-select.tsx";
import { StaffView } from "./views.tsx";

export async function StaffPortal({ params }: { params: Params }) {
  const actor = await currentActor();
  if (actor.id === null) await load((api) => api.users.me({}));
  const { staff, open } = await visit(({ tabs }) => tabs());
  if (!staff) redirect("/dashboard");
  const tab = open.find(({ id }) => id === params.tab) ?? open[0];
  const [{ items }, filled] = await Promise.all([
    load((api) => api.staff.tabs({})),
    tab ? settled(visit((visitor) => visitor.tab(tab.id, params))) : null,
  ]);
  const listed = items as (Omit<(typeof items)[number], "id"> & { id: TabId })[];
  return (
    <>
      <div className="mb-4 flex items-center justify-between gap-x-4 max-sm:gap-x-2">
        <GlobalSearch />
        <PrivacySwitch shown={actor.privacy ?? "hidden"} />
      </div>
      {tab && filled ? (
        <div className="grid grid-cols-[minmax(0,1fr)] gap-x-6 gap-y-3 lg:grid-cols-[176px_minmax(0,1fr)]">
          <TabList tabs={listed} current={tab.id} />
          <TabSelect tabs={listed} current={tab.id} />
          <section aria-label={tab.title} className="min-w-0">
            <TabBoundary key={tab.id} title={tab.title}>
              <Tab tab={tab} filled={filled} self={actor.id ?? ""} wanted={[params.open].flat()[0] ?? ""} />
            </TabBoundary>
          </section>
        </div>
      ) : (
        <>
          <PageHeader title="Staff Portal" />
          <EmptyState title="None of the tabs is open to you">
            Your roles make you staff, but what they allow is done elsewhere in the panel.
          </EmptyState>
        </>
      )}
    </>
  );
}

type Settled<T> = { value: T } | { error: unknown };

/** What could not be loaded is thrown where the tab stands, and leaves the others beside it. */
async function settled<T>(asked: Promise<T>): Promise<Settled<T>> {
  try {
    return { value: await asked };
  } catch (error) {
    return { error };
  }
}

interface OneTab {
  tab: OpenTab;
  filled: Settled<FilledTab>;
  self: string;
  /** The row that the address names, or nothing. */
  wanted: string;
}

/** Not asynchronous itself: the page would be sent with a gap in the place of the tab, which React fills a third of a second later. */
function Tab({ tab, filled, self, wanted }: OneTab) {
  if ("error" in filled) throw filled.error;
  const { data, one, may, query } = filled.value;
  const props: TabProps<TabId> = {
    tab: tab.id,
    data: data as TabData<TabId>,
    one: one as TabRow<TabId> | null,
    may,
    self,
    query,
    now: Date.now(),
  };
  return (
    <>
      {wanted !== "" && tab.opens && one === null && (
        <Banner className="mb-4">What you wanted to open is not there any more.</Banner>
      )}
      <StaffView {...props} />
    </>
  );
}
