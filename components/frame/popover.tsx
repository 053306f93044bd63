/** The browser's own popover, opened by a button's popoverTarget; it closes when a link in it is followed. */
"use client";
import { usePathname } from "next/navigation";
import { type ComponentProps, useEffect, useRef } from "react";

export function Popover({ id, ...rest }: ComponentProps<"div"> & { id: string }) {
  const element = useRef<HTMLDivElement>(null);
  const pathname = usePathname();

  useEffect(() => {
    if (pathname) close(element.current);
  }, [pathname]);

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: listens for the links and buttons inside
    // biome-ignore lint/a11y/useKeyWithClickEvents: a link followed from the keyboard is a click too
    <div
      {...rest}
      ref={element}
      id={id}
      popover="auto"
      onClick={(event) => {
        if (event.target instanceof Element && event.target.closest("a")) close(element.current);
      }}
      onBlur={(event) => {
        const to = event.relatedTarget;
        const opener = to instanceof Element && to.getAttribute("popovertarget") === id;
        if (to && !opener && !event.currentTarget.contains(to)) close(element.current);
      }}
    />
  );
}

function close(element: HTMLElement | null): void {
  if (element?.matches(":popover-open")) element.hidePopover();
}
