/** Who is signed in, with their settings, the theme and the way out. */

import { AvatarInitials } from "#components/ui/avatar-initials.tsx";
import { cx } from "#components/ui/cx.ts";
import { ChevronsUpDown, Settings } from "#components/ui/icons.tsx";
import { Link } from "#components/ui/link.tsx";
import { ThemeSwitch } from "#components/ui/theme-switch.tsx";
import { Popover } from "./popover.tsx";
import { popoverItem, popoverPanel } from "./popover-class.ts";
import { SignOut } from "./sign-out.tsx";

const ID = "account";

export function UserMenu({ user }: { user: { name: string; email: string } }) {
  return (
    <>
      <button
        type="button"
        popoverTarget={ID}
        className="flex h-11 w-full items-center gap-2 rounded-lg px-2 text-start hover:bg-hover"
      >
        <AvatarInitials name={user.name} />
        <span className="sr-only">Account:</span>
        <span className="min-w-0 flex-1">
          <span className="block truncate leading-[18px] font-medium">{user.name}</span>
          <span className="block truncate text-2xs text-faint">{user.email}</span>
        </span>
        <ChevronsUpDown aria-hidden="true" className="size-3.5 shrink-0 text-faint" />
      </button>
      <Popover id={ID} className={cx(popoverPanel, "bottom-[62px] left-2")}>
        <Link href="/dashboard/settings" className={popoverItem}>
          <Settings aria-hidden="true" className="text-dim" />
          Account settings
        </Link>
        <SignOut className={cx(popoverItem, "[&_svg]:text-dim")} />
        <div className="-mx-1 mt-1 border-line border-t px-1 pt-1">
          <ThemeSwitch className="w-full" />
        </div>
      </Popover>
    </>
  );
}
