/** A link to another page of the panel. What it leads to is fetched ahead when somebody points at it, or never. */
"use client";
import NextLink, { useLinkStatus } from "next/link";
import { type ComponentProps, useEffect, useState } from "react";

export type LinkProps = Omit<
  ComponentProps<typeof NextLink>,
  "prefetch" | "onMouseEnter" | "onTouchStart" | "onFocus"
> & {
  prefetch?: false;
};

/** Every link in view would be two requests for each page that is opened, and again for each change that it shows. */
export function Link({ prefetch, children, ...rest }: LinkProps) {
  const [pointedAt, setPointedAt] = useState(false);
  const point = () => setPointedAt(true);
  return (
    <NextLink
      {...rest}
      prefetch={pointedAt && prefetch !== false ? null : false}
      onMouseEnter={point}
      onTouchStart={point}
      onFocus={point}
    >
      {children}
      {pointedAt && <OnItsWay />}
    </NextLink>
  );
}

/** Says at the top of the window that the page is on its way, while it is. */
function OnItsWay() {
  const { pending } = useLinkStatus();
  useEffect(() => {
    if (!pending) return;
    const { dataset } = document.documentElement;
    dataset.navigating = "";
    return () => {
      delete dataset.navigating;
    };
  }, [pending]);
  return null;
}
