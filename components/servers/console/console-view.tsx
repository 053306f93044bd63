/** The terminal of a server with its command line, what can be done to it, and what it uses now. */
"use client";
import { useRouter } from "next/navigation";
import { useEffect, useRef, useState } from "react";
import { Badge } from "#components/ui/badge.tsx";
import { Banner } from "#components/ui/banner.tsx";
import { Button } from "#components/ui/button.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { Facts, Panel } from "#components/ui/panel.tsx";
import { figureFacts, type Limits, Power, powerWords } from "../live-state.tsx";
import { admission } from "./admission.ts";
import { CommandLine } from "./command-line.tsx";
import type { Figures, State } from "./console-events.ts";
import { type ConsoleSocket, type Line, type Link, openConsole } from "./console-socket.ts";
import { plainOf } from "./plain.ts";
import type { Screen } from "./terminal.ts";

interface ConsoleViewProps {
  server: string;
  name: string;
  /** It can be started and stopped. */
  ready: boolean;
  limits: Limits;
}

/** Lines that assistive technology finds, and how often it is told of new ones. */
const SPOKEN = 100;
const SPEAK_MS = 300;

export function ConsoleView({ server, name, ready, limits }: ConsoleViewProps) {
  const router = useRouter();
  const place = useRef<HTMLDivElement>(null);
  const screen = useRef<Screen | null>(null);
  const socket = useRef<ConsoleSocket | null>(null);
  const [link, setLink] = useState<Link>({ is: "connecting" });
  const [state, setState] = useState<State | null>(null);
  const [figures, setFigures] = useState<Figures | null>(null);
  const [notice, setNotice] = useState<string | null>(null);
  const [spoken, setSpoken] = useState<{ at: number; text: string }[]>([]);

  useEffect(() => {
    let here = true;
    let lines: { at: number; text: string }[] = [];
    let count = 0;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const speak = () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        setSpoken(lines);
      }, SPEAK_MS);
    };
    const begin = async () => {
      // Its letters are measured when it opens.
      const [{ openScreen }] = await Promise.all([
        import("./terminal.ts"),
        document.fonts.load('12px "JetBrains Mono Variable"').catch(() => []),
      ]);
      if (!here || !place.current) return;
      const shown = openScreen(place.current);
      screen.current = shown;
      socket.current = openConsole({
        admit: () => admission(server),
        dial: (address) => new WebSocket(address) as Line,
        onLink: setLink,
        onFresh: () => {
          shown.clear();
          lines = [];
          speak();
        },
        onLine: (line) => {
          shown.write(line);
          lines = [...lines.slice(1 - SPOKEN), { at: count++, text: plainOf(line) }];
          speak();
        },
        onState: setState,
        onFigures: (now) => {
          setFigures(now);
          setState(now.state);
        },
        onNotice: setNotice,
        onChanged: () => router.refresh(),
      });
    };
    begin().catch(() => here && setLink({ is: "over", why: "The terminal could not be loaded. Load the page again." }));
    return () => {
      here = false;
      clearTimeout(timer);
      socket.current?.close();
      screen.current?.dispose();
      socket.current = screen.current = null;
    };
  }, [server, router]);

  const open = link.is === "open";
  const word = open && state !== null ? powerWords[state] : null;
  return (
    <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_300px]">
      <div className="flex min-w-0 flex-col gap-3">
        <Obstacle link={link} onRetry={() => socket.current?.retry()} />
        {notice !== null && (
          <Banner tone="warn" live>
            {notice}
          </Banner>
        )}
        <Panel
          flush
          title={
            <span className="flex flex-wrap items-center gap-2">
              Output {word && <Badge tone={word.tone}>{word.label}</Badge>}
            </span>
          }
          actions={
            ready &&
            link.is !== "over" && (
              <Power server={server} name={name} state={open ? state : null} onDone={() => undefined} />
            )
          }
        >
          <div className="relative">
            <div
              ref={place}
              className="h-[min(58dvh,560px)] min-h-[220px] overflow-hidden bg-panel py-2 ps-3 font-mono text-xs"
            />
            <p className="pointer-events-none absolute inset-x-4 top-3 text-dim">
              {link.is === "connecting" && spoken.length === 0 && "Connecting to its node…"}
              {open &&
                state === "offline" &&
                spoken.length === 0 &&
                "It is offline. What it writes is shown once it runs."}
            </p>
          </div>
          <CommandLine
            disabled={!open || state === null || state === "offline"}
            send={(text) => socket.current?.command(text) ?? false}
            scrollPages={(pages) => screen.current?.scrollPages(pages)}
          />
        </Panel>
        <div role="log" aria-label="Output as text" className="sr-only">
          {spoken.map(({ at, text }) => (
            <p key={at}>{text}</p>
          ))}
        </div>
      </div>
      <Panel title="Now">
        {open && figures !== null ? (
          <Facts narrow items={figureFacts(figures, limits)} />
        ) : (
          <p className="text-dim">{link.is === "over" ? "Not known any more." : "Waiting for its node…"}</p>
        )}
      </Panel>
    </div>
  );
}

function Obstacle({ link, onRetry }: { link: Link; onRetry: () => void }) {
  if (link.is === "over")
    return (
      <Banner
        tone="bad"
        live
        title="The console was closed"
        action={
          <LinkButton size="sm" href="/dashboard/servers">
            All servers
          </LinkButton>
        }
      >
        {link.why}
      </Banner>
    );
  if (link.is !== "waiting") return null;
  return (
    <Banner
      tone="warn"
      live
      action={
        <Button size="sm" onClick={onRetry}>
          Try now
        </Button>
      }
    >
      {`${link.why} It is tried again in ${link.seconds === 1 ? "a second" : `${link.seconds} seconds`}.`}
    </Banner>
  );
}
