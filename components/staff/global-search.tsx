/** The portal's search over everybody's things. `/` opens it, and it is the palette that mod+K opens anywhere. */
"use client";
import dynamic from "next/dynamic";
import { useEffect, useState } from "react";
import { isBusy } from "#components/ui/busy.ts";
import { Search } from "#components/ui/icons.tsx";
import { Kbd } from "#components/ui/kbd.tsx";
import { useHydrated } from "#components/ui/use-hydrated.ts";

const Palette = dynamic(() => import("#components/search/palette.tsx").then((module) => module.Palette), {
  loading: () => null,
});

export function GlobalSearch() {
  const [open, setOpen] = useState(false);
  const hydrated = useHydrated();
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || isBusy(event.target)) return;
      event.preventDefault();
      setOpen(true);
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, []);
  return (
    <>
      <button
        type="button"
        disabled={!hydrated}
        aria-haspopup="dialog"
        aria-keyshortcuts="/"
        onClick={() => setOpen(true)}
        className="flex h-[30px] w-[320px] min-w-0 items-center gap-2 rounded-md border border-line bg-panel px-2.5 text-dim hover:border-edge hover:text-text pointer-coarse:h-10"
      >
        <Search aria-hidden="true" className="size-3.5 shrink-0" />
        <span className="flex-1 truncate text-start">Search users, servers, zones and more</span>
        <Kbd className="pointer-coarse:hidden">/</Kbd>
      </button>
      {open && <Palette pages={[]} staff onClose={() => setOpen(false)} />}
    </>
  );
}
