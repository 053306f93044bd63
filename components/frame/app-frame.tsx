/** What surrounds every page of the panel: the sidebar, the bar with the breadcrumb, and the content. */

import type { ReactNode } from "react";
import { Menu, X } from "#components/ui/icons.tsx";
import { Breadcrumb, type Crumb } from "./breadcrumb.tsx";
import { type NavItem, NavLink } from "./nav-link.tsx";
import { OrganisationSwitcher, type OrganisationSwitcherProps } from "./organisation-switcher.tsx";
import { Popover } from "./popover.tsx";
import { UserMenu } from "./user-menu.tsx";

export interface NavGroup {
  title?: string;
  items: readonly NavItem[];
}

export interface AppFrameProps extends OrganisationSwitcherProps {
  user: { name: string; email: string };
  nav: readonly NavGroup[];
  crumbs: readonly Crumb[];
  /** Stands at the end of the bar, such as the search. */
  bar?: ReactNode;
  children: ReactNode;
}

const SIDEBAR = "sidebar";
const BAR_BUTTON =
  "grid size-9 shrink-0 place-items-center rounded-md text-dim hover:bg-line2 hover:text-text md:hidden " +
  "[&_svg]:size-[18px]";
const SKIP_LINK =
  "fixed top-2 left-2 z-50 -translate-y-16 rounded-md bg-accent px-3 py-1.5 font-medium text-accent-text " +
  "no-underline focus:translate-y-0";
const COLUMN =
  "fixed inset-y-0 right-auto left-0 h-dvh max-h-none w-[272px] max-w-[calc(100vw-48px)] flex-col border-line " +
  "border-r bg-panel text-text backdrop:bg-veil open:flex max-md:shadow-lg md:sticky md:top-0 md:flex md:w-auto";
const BAR =
  "sticky top-0 z-20 flex h-12 shrink-0 items-center gap-3 border-line border-b bg-panel px-4 max-md:ps-2 md:px-6";

export function AppFrame(props: AppFrameProps) {
  const { user, organisations, current, newOrganisationHref, nav, crumbs, bar, children } = props;
  const hrefs = nav.flatMap((group) => group.items.map((item) => item.href));

  return (
    <div className="grid min-h-dvh grid-cols-[minmax(0,1fr)] md:grid-cols-[224px_minmax(0,1fr)]">
      <a href="#content" className={SKIP_LINK}>
        Skip to content
      </a>

      {/* A plain column on a wide screen; on a phone a popover that slides over the page. */}
      <Popover id={SIDEBAR} className={COLUMN}>
        <div className="flex gap-1 px-2 pt-3 pb-2">
          <nav aria-label="Organisations" className="min-w-0 flex-1">
            <OrganisationSwitcher
              organisations={organisations}
              current={current}
              newOrganisationHref={newOrganisationHref}
            />
          </nav>
          <button
            type="button"
            popoverTarget={SIDEBAR}
            popoverTargetAction="hide"
            aria-label="Close menu"
            className={BAR_BUTTON}
          >
            <X aria-hidden="true" />
          </button>
        </div>
        <nav aria-label="Main" className="min-h-0 flex-1 overflow-y-auto px-2 pt-1 pb-4">
          {nav.map(({ title, items }, place) => (
            <section key={title ?? place} aria-label={title}>
              {title && <h2 className="mx-2 mt-3.5 mb-1 text-2xs font-semibold text-faint">{title}</h2>}
              <ul className="flex flex-col gap-0.5">
                {items.map((item) => (
                  <li key={item.href}>
                    <NavLink {...item} exact={item.exact ?? hrefs.some((href) => href.startsWith(`${item.href}/`))} />
                  </li>
                ))}
              </ul>
            </section>
          ))}
        </nav>
        <nav aria-label="Account" className="border-line border-t p-2">
          <UserMenu user={user} />
        </nav>
      </Popover>

      <div className="flex min-w-0 flex-col">
        <header className={BAR}>
          <button type="button" popoverTarget={SIDEBAR} aria-label="Menu" className={BAR_BUTTON}>
            <Menu aria-hidden="true" />
          </button>
          <Breadcrumb crumbs={crumbs} />
          {bar && <div className="ms-auto flex shrink-0 items-center gap-2">{bar}</div>}
        </header>
        <main id="content" tabIndex={-1} className="w-full max-w-[1440px] flex-1 px-4 pt-5 pb-24 outline-none md:px-6">
          {children}
        </main>
      </div>
    </div>
  );
}
