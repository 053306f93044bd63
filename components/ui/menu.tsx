/** A menu of actions behind a button. Load it with next/dynamic where a page can do without at first. */
"use client";
import { Check } from "lucide-react";
import Link from "next/link";
import * as Radix from "radix-ui/dropdown-menu";
import type { ReactElement, ReactNode } from "react";
import { cx } from "./cx.ts";

const ITEM =
  "relative flex min-h-7 cursor-pointer select-none items-center gap-2 rounded-[5px] px-2 py-1 no-underline " +
  "outline-none data-disabled:cursor-not-allowed data-disabled:text-faint data-highlighted:bg-line2 pointer-coarse:min-h-10 " +
  "[&_svg]:size-3.5 [&_svg]:shrink-0";

export interface MenuProps {
  /** The button: one element that takes a ref. */
  trigger: ReactElement;
  align?: "start" | "end";
  side?: "bottom" | "top";
  children: ReactNode;
}

export function Menu({ trigger, align = "end", side = "bottom", children }: MenuProps) {
  return (
    <Radix.Root modal={false}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          align={align}
          side={side}
          sideOffset={4}
          collisionPadding={8}
          className={cx(
            "z-50 max-h-(--radix-dropdown-menu-content-available-height) min-w-44 max-w-80 overflow-y-auto rounded-lg",
            "border border-line bg-panel p-1 shadow-lg outline-none",
          )}
        >
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

export interface MenuItemProps {
  icon?: ReactNode;
  /** Makes it a link. */
  href?: string;
  onSelect?: () => void;
  tone?: "default" | "danger";
  disabled?: boolean;
  shortcut?: ReactNode;
  children: ReactNode;
}

export function MenuItem({ icon, href, onSelect, tone = "default", disabled, shortcut, children }: MenuItemProps) {
  const look = cx(
    ITEM,
    tone === "danger" ? "text-bad data-highlighted:bg-bad-bg [&_svg]:text-bad" : "text-text [&_svg]:text-dim",
  );
  const inside = (
    <>
      {icon}
      <span className="min-w-0 flex-1 truncate">{children}</span>
      {shortcut && <span className="ps-4 text-xs text-faint">{shortcut}</span>}
    </>
  );
  return (
    <Radix.Item asChild={href !== undefined} disabled={disabled} onSelect={onSelect} className={look}>
      {href === undefined ? inside : <Link href={href}>{inside}</Link>}
    </Radix.Item>
  );
}

export interface MenuCheckItemProps {
  checked: boolean;
  onCheckedChange: (checked: boolean) => void;
  children: ReactNode;
}

/** Can be on or off; the menu stays open. */
export const MenuCheckItem = ({ checked, onCheckedChange, children }: MenuCheckItemProps) => (
  <Radix.CheckboxItem
    checked={checked}
    onCheckedChange={onCheckedChange}
    onSelect={(event) => event.preventDefault()}
    className={cx(ITEM, "ps-7 text-text")}
  >
    <Radix.ItemIndicator className="absolute start-2 inline-flex text-accent">
      <Check aria-hidden="true" />
    </Radix.ItemIndicator>
    {children}
  </Radix.CheckboxItem>
);

export const MenuLabel = ({ children }: { children: ReactNode }) => (
  <Radix.Label className="px-2 pt-1.5 pb-1 text-2xs font-semibold text-faint">{children}</Radix.Label>
);

export const MenuSeparator = () => <Radix.Separator className="-mx-1 my-1 h-px bg-line" />;
