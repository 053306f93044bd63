/** The search in the bar. mod+K opens it everywhere, and `/` where the page has no search of its own. */
"use client";
import dynamic from "next/dynamic";
import { useEffect, useState } from "react";
import { isBusy } from "#components/ui/busy.ts";
import { Search } from "#components/ui/icons.tsx";
import { Kbd } from "#components/ui/kbd.tsx";
import { useHydrated } from "#components/ui/use-hydrated.ts";
import type { PalettePage } from "./palette.tsx";

const Palette = dynamic(() => import("./palette.tsx").then((module) => module.Palette));

const BUTTON =
  "flex h-[30px] items-center gap-2 rounded-md border border-line bg-panel px-2.5 text-dim hover:border-edge " +
  "hover:text-text max-md:size-9 max-md:justify-center max-md:border-transparent max-md:px-0 md:w-[210px] " +
  "[&_svg]:size-3.5 [&_svg]:shrink-0 max-md:[&_svg]:size-[18px]";

export function SearchButton({ pages, staff }: { pages: readonly PalettePage[]; staff: boolean }) {
  const [open, setOpen] = useState(false);
  const hydrated = useHydrated();
  const mac = hydrated && /Mac|iPhone|iPad/.test(navigator.platform);

  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.altKey) return;
      const palette = event.key.toLowerCase() === "k" && (event.metaKey || event.ctrlKey) && !event.shiftKey;
      const slash = event.key === "/" && !event.metaKey && !event.ctrlKey && !isBusy(event.target);
      if (!palette && !(slash && !document.querySelector("main [aria-keyshortcuts='/']"))) return;
      event.preventDefault();
      setOpen((before) => (palette ? !before : true));
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
        aria-keyshortcuts="Control+K Meta+K"
        onClick={() => setOpen(true)}
        className={BUTTON}
      >
        <Search aria-hidden="true" />
        <span className="flex-1 text-start max-md:sr-only">
          Search<span className="sr-only"> everything</span>
        </span>
        <span aria-hidden="true" className="max-md:hidden pointer-coarse:hidden">
          <Kbd>{mac ? "⌘K" : "Ctrl K"}</Kbd>
        </span>
      </button>
      {open && <Palette pages={pages} staff={staff} onClose={() => setOpen(false)} />}
    </>
  );
}
