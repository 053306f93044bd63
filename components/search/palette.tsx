/** Everything at a keystroke: pages, organisations, zones, and the records of all zones. Loaded when it is opened. */
"use client";
import { Command } from "cmdk";
import { useRouter } from "next/navigation";
import * as Radix from "radix-ui/dialog";
import { type ReactNode, useEffect, useState } from "react";
import { Badge } from "#components/ui/badge.tsx";
import { choiceClass } from "#components/ui/choice-class.ts";
import { ArrowRight, Building2, FileText, Globe, LoaderCircle, Search, ShieldCheck } from "#components/ui/icons.tsx";
import { plainContent } from "#components/zone/record-content.tsx";
import { zonePath } from "#components/zone/zone-view.ts";
import { type Hit, hitKey, hitPath } from "./hits.ts";
import { useFindings } from "./use-findings.ts";

export interface PalettePage {
  href: string;
  label: string;
  /** Under which heading; an organisation's own pages say whose they are. */
  kind: "page" | "organisation";
  hint?: string;
}

const GROUP =
  "[&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:pt-2.5 [&_[cmdk-group-heading]]:pb-1 " +
  "[&_[cmdk-group-heading]]:text-2xs [&_[cmdk-group-heading]]:font-semibold [&_[cmdk-group-heading]]:text-faint";
const MOST_PAGES = 6;

export interface PaletteProps {
  pages: readonly PalettePage[];
  /** Also what staff find: everybody's accounts, organisations and zones. */
  staff: boolean;
  onClose: () => void;
}

export function Palette({ pages, staff, onClose }: PaletteProps) {
  const router = useRouter();
  const [text, setText] = useState("");
  const { zones, hits, groups, pending, failure } = useFindings(text, staff);
  const [leaving, setLeaving] = useState(false);
  const [opener] = useState(() => (document.activeElement instanceof HTMLElement ? document.activeElement : null));
  const wanted = text.trim();

  const go = (href: string) => {
    setLeaving(true);
    router.push(href);
    onClose();
  };
  const lower = wanted.toLowerCase();
  const matching = pages.filter(({ label, hint }) => `${label} ${hint ?? ""}`.toLowerCase().includes(lower));
  const shown = wanted === "" ? matching : matching.slice(0, MOST_PAGES);
  const others = groups.flatMap(({ items }) => items);
  const first = firstOf(hits.map(hitValue), zones.map(zoneValue), byKind(shown).map(pageValue), others.map(pageValue));
  const [chosen, setChosen] = useState(first);
  // What comes first is what Enter opens, also when it has come after the last key.
  useEffect(() => setChosen(first), [first]);
  const all = `/dashboard/zones?${new URLSearchParams({ q: wanted })}`;

  return (
    <Radix.Root open onOpenChange={(open) => !open && onClose()}>
      <Radix.Portal>
        <div className="relative z-40">
          <Radix.Overlay className="fixed inset-0 bg-veil" />
          <Radix.Content
            aria-describedby={undefined}
            onCloseAutoFocus={(event) => {
              event.preventDefault();
              if (!leaving) opener?.focus();
            }}
            className="fixed inset-x-2 top-2 mx-auto flex max-h-[calc(100dvh-16px)] flex-col overflow-hidden rounded-xl border border-line bg-panel shadow-lg outline-none sm:top-[12dvh] sm:max-h-[70dvh] sm:max-w-[640px]"
          >
            <Radix.Title className="sr-only">Search everything</Radix.Title>
            <Command
              shouldFilter={false}
              loop
              label="Search everything"
              value={chosen}
              onValueChange={setChosen}
              className="flex min-h-0 flex-col"
            >
              <div className="flex items-center gap-2.5 border-line border-b px-3.5">
                {pending ? (
                  <LoaderCircle aria-hidden="true" className="size-4 shrink-0 animate-spin text-faint" />
                ) : (
                  <Search aria-hidden="true" className="size-4 shrink-0 text-faint" />
                )}
                <Command.Input
                  autoFocus
                  value={text}
                  onValueChange={setText}
                  maxLength={255}
                  placeholder="Zones, records, organisations and pages"
                  className="h-12 min-w-0 flex-1 bg-transparent text-base text-text outline-none placeholder:text-faint"
                />
              </div>
              <Command.List className="min-h-0 overflow-y-auto px-1.5 pb-2" aria-label="Results">
                {hits.length > 0 && (
                  <Command.Group heading="Records" className={GROUP}>
                    {hits.map((hit) => (
                      <Command.Item
                        key={hitKey(hit)}
                        value={hitValue(hit)}
                        onSelect={() => go(hitPath(hit))}
                        className={choiceClass}
                      >
                        <FileText aria-hidden="true" />
                        <span className="min-w-0 flex-1">
                          <span className="flex items-baseline gap-2">
                            <span className="truncate font-mono font-medium">{hit.displayName}</span>
                            <Badge tone="term">{hit.type}</Badge>
                          </span>
                          <span className="block truncate font-mono text-xs text-dim">
                            {hit.records.map(({ content }) => plainContent(hit.type, content)).join(", ")}
                          </span>
                        </span>
                      </Command.Item>
                    ))}
                  </Command.Group>
                )}
                {zones.length > 0 && (
                  <Command.Group heading="Zones" className={GROUP}>
                    {zones.map((zone) => (
                      <Line
                        key={zone.id}
                        id={zoneValue(zone)}
                        icon={<Globe aria-hidden="true" />}
                        hint={zone.organisation.name}
                        mono
                        onSelect={() => go(zonePath(zone.organisation.handle, zone.name.replace(/\.$/, "")))}
                      >
                        {zone.displayName}
                      </Line>
                    ))}
                  </Command.Group>
                )}
                {KINDS.map((kind) => {
                  const some = shown.filter((page) => page.kind === kind);
                  if (some.length === 0) return null;
                  return (
                    <Command.Group key={kind} heading={kind === "page" ? "Pages" : "Organisations"} className={GROUP}>
                      {some.map(({ href, label, hint }) => (
                        <Line
                          key={href}
                          id={pageValue({ href })}
                          icon={kind === "page" ? <ArrowRight aria-hidden="true" /> : <Building2 aria-hidden="true" />}
                          hint={hint}
                          onSelect={() => go(href)}
                        >
                          {label}
                        </Line>
                      ))}
                    </Command.Group>
                  );
                })}
                {groups.map(({ title, items }) => (
                  <Command.Group key={title} heading={title} className={GROUP}>
                    {items.map(({ href, label, hint }) => (
                      <Line
                        key={href}
                        id={pageValue({ href })}
                        icon={<ShieldCheck aria-hidden="true" />}
                        hint={hint}
                        onSelect={() => go(href)}
                      >
                        {label}
                      </Line>
                    ))}
                  </Command.Group>
                ))}
                {wanted !== "" && (
                  <Command.Group heading="More" className={GROUP}>
                    <Line id={ALL} icon={<Search aria-hidden="true" />} onSelect={() => go(all)}>
                      All zones and records with “{wanted}”
                    </Line>
                  </Command.Group>
                )}
              </Command.List>
              <p role="status" className="border-line border-t px-3.5 py-2 text-xs text-dim empty:hidden">
                {message({
                  wanted,
                  pending,
                  failure,
                  found: hits.length + zones.length + shown.length + others.length,
                })}
              </p>
            </Command>
          </Radix.Content>
        </div>
      </Radix.Portal>
    </Radix.Root>
  );
}

const ALL = "all";
const KINDS = ["organisation", "page"] as const;
const hitValue = (hit: Hit): string => `record ${hitKey(hit)}`;
const zoneValue = ({ id }: { id: string }): string => `zone ${id}`;
const pageValue = ({ href }: { href: string }): string => `page ${href}`;

const byKind = (pages: readonly PalettePage[]): PalettePage[] =>
  KINDS.flatMap((kind) => pages.filter((page) => page.kind === kind));

const firstOf = (...groups: string[][]): string => groups.flat()[0] ?? ALL;

interface LineProps {
  id: string;
  icon: ReactNode;
  hint?: string;
  mono?: boolean;
  onSelect: () => void;
  children: ReactNode;
}

const Line = ({ id, icon, hint, mono, onSelect, children }: LineProps) => (
  <Command.Item value={id} onSelect={onSelect} className={choiceClass}>
    {icon}
    <span className={mono ? "min-w-0 flex-1 truncate font-mono" : "min-w-0 flex-1 truncate"}>{children}</span>
    {hint && <span className="max-w-[40%] shrink-0 truncate text-xs text-dim">{hint}</span>}
  </Command.Item>
);

interface Standing {
  wanted: string;
  pending: boolean;
  failure: string | null;
  found: number;
}

function message({ wanted, pending, failure, found }: Standing): string {
  if (failure !== null) return failure;
  if (wanted === "") return "Type a name or a value; type:TXT narrows to a type.";
  if (pending) return "Searching…";
  return found === 0 ? `Nothing has “${wanted}” in its name or value.` : "";
}
