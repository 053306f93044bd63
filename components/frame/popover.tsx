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

  // A link may lead to the page that is shown already; and whoever tabs out of it is done with it.
  useEffect(() => {
    const box = element.current;
    if (!box) return;
    const follow = ({ target }: MouseEvent) => {
      if (target instanceof Element && target.closest("a")) close(box);
    };
    const leave = ({ relatedTarget: to }: FocusEvent) => {
      const opener = to instanceof Element && to.getAttribute("popovertarget") === id;
      if (to instanceof Node && !opener && !box.contains(to)) close(box);
    };
    box.addEventListener("click", follow);
    box.addEventListener("focusout", leave);
    return () => {
      box.removeEventListener("click", follow);
      box.removeEventListener("focusout", leave);
    };
  }, [id]);

  return <div {...rest} ref={element} id={id} popover="auto" />;
}

function close(element: HTMLElement | null): void {
  if (element?.matches(":popover-open")) element.hidePopover();
}
