/** A search box that writes what is typed into the URL; `/` focuses it. */
"use client";
import { usePathname, useRouter, useSearchParams } from "next/navigation";
import { useEffect, useRef, useState, useTransition } from "react";
import { isBusy } from "./busy.ts";
import { controlClass } from "./control-class.ts";
import { cx } from "./cx.ts";
import { LoaderCircle, Search } from "./icons.tsx";
import { Kbd } from "./kbd.tsx";

export interface SearchFieldProps {
  label: string;
  placeholder?: string;
  /** The query parameter it writes; `page` is dropped with every change. */
  param?: string;
  /** `/` focuses it. One per page. */
  shortcut?: boolean;
  /** The id of what says how the search works. */
  describedBy?: string | undefined;
  className?: string;
}

const WAIT = 250;

export function SearchField({
  label,
  placeholder,
  param = "q",
  shortcut = true,
  describedBy,
  className,
}: SearchFieldProps) {
  const router = useRouter();
  const pathname = usePathname();
  const params = useSearchParams();
  const input = useRef<HTMLInputElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const [pending, startTransition] = useTransition();

  const inUrl = params.get(param) ?? "";
  const [text, setText] = useState(inUrl);
  const [seen, setSeen] = useState(inUrl);
  const [sent, setSent] = useState(inUrl);
  // The URL moved without us (a chip, the back button): follow it. Our own change must not undo later typing.
  if (inUrl !== seen) {
    setSeen(inUrl);
    if (inUrl !== sent) {
      setSent(inUrl);
      setText(inUrl);
    }
  }

  // Whoever follows a link meanwhile goes there, and is not brought back by what they typed before.
  useEffect(() => {
    const leave = (event: MouseEvent) => {
      if (event.target instanceof Element && event.target.closest("a[href]")) clearTimeout(timer.current);
    };
    document.addEventListener("click", leave, true);
    return () => {
      document.removeEventListener("click", leave, true);
      clearTimeout(timer.current);
    };
  }, []);

  useEffect(() => {
    if (!shortcut) return;
    const focus = (event: KeyboardEvent) => {
      if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || isBusy(event.target)) return;
      event.preventDefault();
      input.current?.focus();
      input.current?.select();
    };
    document.addEventListener("keydown", focus);
    return () => document.removeEventListener("keydown", focus);
  }, [shortcut]);

  const send = (value: string) => {
    clearTimeout(timer.current);
    const next = new URLSearchParams(params);
    const wanted = value.trim();
    if (wanted === inUrl) return;
    if (wanted) next.set(param, wanted);
    else next.delete(param);
    for (const place of ["page", "at"]) next.delete(place);
    setSent(wanted);
    startTransition(() => router.replace(next.size ? `${pathname}?${next}` : pathname, { scroll: false }));
  };

  // What was typed before the page listened is in the box, and nobody has been told of it.
  const listens = useRef(send);
  listens.current = send;
  useEffect(() => {
    const typed = input.current?.value ?? "";
    if (typed === "") return;
    setText(typed);
    listens.current(typed);
  }, []);

  return (
    <search className={cx("block w-[280px] max-w-full max-sm:w-full", className)}>
      <form
        className="relative"
        onSubmit={(event) => {
          event.preventDefault();
          send(text);
        }}
      >
        <Search
          aria-hidden="true"
          className="pointer-events-none absolute start-2.5 top-1/2 size-3.5 -translate-y-1/2 text-faint"
        />
        <input
          ref={input}
          type="search"
          name={param}
          aria-label={label}
          aria-describedby={describedBy}
          aria-keyshortcuts={shortcut ? "/" : undefined}
          placeholder={placeholder ?? label}
          value={text}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => {
            const { value } = event.target;
            setText(value);
            clearTimeout(timer.current);
            timer.current = setTimeout(() => send(value), WAIT);
          }}
          className={cx(controlClass, "peer h-[30px] border-line ps-8 pe-8 pointer-coarse:h-10")}
        />
        <span className="pointer-events-none absolute inset-y-0 end-2 flex items-center peer-focus:[&_kbd]:hidden">
          {pending && <LoaderCircle aria-hidden="true" className="size-3.5 animate-spin text-faint" />}
          {!pending && shortcut && text === "" && <Kbd className="pointer-coarse:hidden">/</Kbd>}
        </span>
      </form>
    </search>
  );
}
