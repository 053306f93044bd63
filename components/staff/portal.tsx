/** The Staff Portal: which tabs one may open, and the one that the address names. Whoever is no staff is led away without a word. */
import { redirect } from "next/navigation";
import { Banner } from "#components/ui/banner.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { load, pageContext } from "#lib/api/caller.ts";
import { panel } from "#lib/panel-here.ts";
import type { Params } from "#lib/staff/loading.ts";
import type { StaffTab, TabId } from "#lib/staff/tabs.ts";
import { GlobalSearch } from "./global-search.tsx";
import { PrivacySwitch } from "./privacy-switch.tsx";
import { TabBoundary } from "./tab-boundary.tsx";
import { TabList } from "./tab-list.tsx";
import type { TabData, TabProps, TabRow } from "./tab-props.ts";
import { TabSelect } from "./tab-select.tsx";
import { StaffView } from "./views.tsx";

export async function StaffPortal({ params }: { params: Params }) {
  const context = await pageContext();
  const { isStaffWith, tabsFor } = panel().staff;
  if (context.actor.id === null) await load((api) => api.users.me({}));
  if (!isStaffWith(context.actor.grants)) redirect("/dashboard");
  const { items } = await load((api) => api.staff.tabs({}));
  const open = tabsFor(context.actor.grants);
  const tab = open.find(({ id }) => id === params.tab) ?? open[0];
  const listed = items as (Omit<(typeof items)[number], "id"> & { id: TabId })[];
  return (
    <>
      <div className="mb-4 flex items-center justify-between gap-x-4 max-sm:gap-x-2">
        <GlobalSearch />
        <PrivacySwitch shown={context.actor.privacy ?? "hidden"} />
      </div>
      {tab ? (
        <div className="grid grid-cols-[minmax(0,1fr)] gap-x-6 gap-y-3 lg:grid-cols-[176px_minmax(0,1fr)]">
          <TabList tabs={listed} current={tab.id} />
          <TabSelect tabs={listed} current={tab.id} />
          <section aria-label={tab.title} className="min-w-0">
            <TabBoundary key={tab.id} title={tab.title}>
              <Tab tab={tab} params={params} />
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

async function Tab({ tab, params }: { tab: StaffTab & { id: TabId }; params: Params }) {
  const context = await pageContext();
  const { actor } = context;
  const { actsOf, loadOne, loadTab, procedureAt, readable } = panel().staff;
  const opened = [params.open].flat()[0] ?? "";
  const [data, one, procedure] = await Promise.all([
    load(() => loadTab(tab, params, context)),
    opened === "" || !tab.open ? null : load(() => orGone(loadOne(tab, opened, context))),
    procedureAt(tab.list),
  ]);
  const props: TabProps<TabId> = {
    tab: tab.id,
    data: data as TabData<TabId>,
    one: one as TabRow<TabId> | null,
    may: actsOf(actor.grants, tab),
    self: actor.id ?? "",
    query: readable(procedure, params),
    now: Date.now(),
  };
  return (
    <>
      {opened !== "" && tab.open && one === null && (
        <Banner className="mb-4">What you wanted to open is not there any more.</Banner>
      )}
      <StaffView {...props} />
    </>
  );
}

/** A row that is gone leaves the list alone. */
async function orGone(row: Promise<unknown>): Promise<unknown> {
  try {
    return await row;
  } catch (error) {
    if (panel().isProblem(error) && error.code === "not_found") return null;
    throw error;
  }
}
