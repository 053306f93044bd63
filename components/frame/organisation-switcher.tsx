/** Which organisation we are in, and the way to the others. */

import { AvatarInitials } from "#components/ui/avatar-initials.tsx";
import { cx } from "#components/ui/cx.ts";
import { Check, ChevronsUpDown, Plus } from "#components/ui/icons.tsx";
import { Link } from "#components/ui/link.tsx";
import { LogoMark } from "./logo.tsx";
import { Popover } from "./popover.tsx";
import { popoverItem, popoverPanel } from "./popover-class.ts";

export interface OrganisationSwitcherProps {
  organisations: readonly { id: string; handle: string; name: string }[];
  current?: { handle: string; name: string };
  /** Where a new one is made; without it there is no such entry. */
  newOrganisationHref?: string;
}

const ID = "organisations";
const BUTTON =
  "flex h-[34px] w-full shrink-0 items-center gap-2 rounded-lg border border-line px-[7px] text-start font-semibold " +
  "hover:bg-hover pointer-coarse:h-11";

export function OrganisationSwitcher({ organisations, current, newOrganisationHref }: OrganisationSwitcherProps) {
  if (organisations.length === 0 && !current && !newOrganisationHref)
    return (
      <div className="flex h-[34px] items-center gap-2 px-2 font-semibold">
        <LogoMark />
        Zonegate
      </div>
    );

  return (
    <>
      <button type="button" popoverTarget={ID} className={BUTTON}>
        <span className="sr-only">{current ? "Organisation:" : "Choose an organisation:"}</span>
        {current ? <AvatarInitials name={current.name} size="sm" shape="square" tone="accent" /> : <LogoMark />}
        <span className="min-w-0 flex-1 truncate">{current?.name ?? "Zonegate"}</span>
        <ChevronsUpDown aria-hidden="true" className="size-3.5 shrink-0 text-faint" />
      </button>
      <Popover
        id={ID}
        className={cx(popoverPanel, "top-[52px] left-2 max-h-[70dvh] overflow-y-auto pointer-coarse:top-16")}
      >
        <p className="px-2 pt-1.5 pb-1 text-2xs font-semibold text-faint">Organisations</p>
        {organisations.length === 0 && <p className="px-2 py-1 text-dim">You are in none yet.</p>}
        <ul>
          {organisations.map(({ id, handle, name }) => (
            <li key={id}>
              <Link
                href={`/dashboard/organisations/${handle}`}
                aria-current={handle === current?.handle ? "true" : undefined}
                className={popoverItem}
              >
                <AvatarInitials name={name} size="sm" shape="square" />
                <span className="min-w-0 flex-1 truncate">{name}</span>
                {handle === current?.handle && <Check aria-hidden="true" className="text-accent" />}
              </Link>
            </li>
          ))}
        </ul>
        {newOrganisationHref && (
          <div className="-mx-1 mt-1 border-line border-t px-1 pt-1">
            <Link href={newOrganisationHref} className={popoverItem}>
              <span className="grid size-5 place-items-center">
                <Plus aria-hidden="true" />
              </span>
              New organisation
            </Link>
          </div>
        )}
      </Popover>
    </>
  );
}
