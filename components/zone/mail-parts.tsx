/** SPF, DMARC and DKIM in the record form: what the text says, what is wrong with it, and a small form for its parts. */
"use client";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { addressesOf, type DmarcTags, formatDmarc, parseDmarc } from "#lib/dns/mail/dmarc.ts";
import { readMail } from "#lib/dns/mail/reading.ts";
import { formatSpf, parseSpf, type SpfTerm } from "#lib/dns/mail/spf.ts";
import { mailStarts } from "#lib/dns/mail/starts.ts";
import { MailReading } from "./mail-reading.tsx";

export interface MailPartsProps {
  /** The owner name, as it is typed. */
  name: string;
  text: string;
  onChange: (text: string) => void;
}

export function MailParts({ name, text, onChange }: MailPartsProps) {
  const [open, setOpen] = useState<boolean>(Object.values<string>(mailStarts).includes(text));
  const reading = readMail(name, text);
  if (!reading) return null;
  return (
    <section aria-label={reading.kind} className="grid gap-2 rounded-md border border-line bg-bg px-3 py-2">
      <MailReading reading={reading} named />
      {reading.kind !== "DKIM" && (
        <Button size="sm" className="justify-self-start" aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? "Done" : `Edit ${reading.kind} by its parts`}
        </Button>
      )}
      {open && reading.kind === "SPF" && (
        <SpfParts terms={parseSpf(text)} onChange={(terms) => onChange(formatSpf(terms))} />
      )}
      {open && reading.kind === "DMARC" && (
        <DmarcParts tags={parseDmarc(text)} onChange={(tags) => onChange(formatDmarc(tags))} />
      )}
    </section>
  );
}

const senders = [
  { value: "include", label: "The senders of" },
  { value: "ip4", label: "IPv4 address or network" },
  { value: "ip6", label: "IPv6 address or network" },
  { value: "a", label: "The addresses of" },
  { value: "mx", label: "The mail servers of" },
  { value: "exists", label: "What this answers for" },
];
const closings = [
  { value: "-", label: "is rejected (-all)" },
  { value: "~", label: "is marked as suspicious (~all)" },
  { value: "?", label: "is nobody's concern (?all)" },
];

function SpfParts({ terms, onChange }: { terms: SpfTerm[]; onChange: (terms: SpfTerm[]) => void }) {
  const all = terms.find(({ name }) => name === "all");
  const set = (index: number, term: SpfTerm) => onChange(terms.map((other, at) => (at === index ? term : other)));
  const close = (qualifier: string) => {
    const end: SpfTerm = { qualifier: qualifier as SpfTerm["qualifier"], name: "all", value: "" };
    onChange(all ? terms.map((term) => (term === all ? end : term)) : [...terms, end]);
  };
  const add = () => {
    const at = all ? terms.indexOf(all) : terms.length;
    onChange(terms.toSpliced(at, 0, { qualifier: "", name: "include", value: ":" }));
  };
  return (
    <div className="grid gap-2">
      {Array.from(terms.entries(), ([index, term]) =>
        senders.some(({ value }) => value === term.name) ? (
          <div key={index} className="flex flex-wrap gap-2">
            <Select
              aria-label={`Sender ${index + 1}: kind`}
              className="w-52!"
              value={term.name}
              options={senders}
              onChange={(event) => set(index, { ...term, name: event.target.value })}
            />
            <Input
              aria-label={`Sender ${index + 1}: name or address`}
              mono
              className="min-w-40 flex-1"
              value={term.value.replace(/^:/, "")}
              placeholder={term.name === "ip4" ? "192.0.2.0/24" : term.name === "ip6" ? "2001:db8::/32" : "this name"}
              onChange={(event) => set(index, { ...term, value: termValue(event.target.value) })}
            />
            <Button
              size="md"
              variant="ghost"
              aria-label={`Remove sender ${index + 1}`}
              onClick={() => onChange(terms.toSpliced(index, 1))}
            >
              Remove
            </Button>
          </div>
        ) : null,
      )}
      <Button size="sm" className="justify-self-start" onClick={add}>
        Add sender
      </Button>
      <Field label="Mail from anything else" className="max-w-72">
        <Select
          value={all?.qualifier ?? ""}
          placeholder={all && all.qualifier !== "" && all.qualifier !== "+" ? undefined : "Choose"}
          options={closings}
          onChange={(event) => close(event.target.value)}
        />
      </Field>
    </div>
  );
}

const termValue = (text: string): string => (text === "" || text.startsWith("/") ? text : `:${text.trim()}`);

const policies = [
  { value: "none", label: "is delivered (none)" },
  { value: "quarantine", label: "goes to the junk folder (quarantine)" },
  { value: "reject", label: "is rejected (reject)" },
];
const alignments = [
  { value: "r", label: "May be a subdomain (relaxed)" },
  { value: "s", label: "Has to be the same (strict)" },
];

function DmarcParts({ tags, onChange }: { tags: DmarcTags; onChange: (tags: DmarcTags) => void }) {
  const [reports, setReports] = useState(addressesOf(tags.get("rua")).join(", "));
  const set = (name: string, value: string) => onChange(new Map([...tags, [name, value]]));
  const choice = (name: string, label: string, options: typeof policies, placeholder?: string) => (
    <Field label={label}>
      <Select
        value={tags.get(name)?.toLowerCase() ?? ""}
        placeholder={placeholder}
        options={options}
        onChange={(event) => set(name, event.target.value)}
      />
    </Field>
  );
  return (
    <div className="grid gap-2 sm:grid-cols-2">
      {choice("p", "Mail that fails", policies, tags.has("p") ? undefined : "Choose")}
      {choice("sp", "From subdomains it", policies, "the same")}
      <Field label="Reports to" hint="Mail addresses, with commas between">
        <Input
          value={reports}
          inputMode="email"
          autoComplete="off"
          placeholder="dmarc@example.com"
          onChange={(event) => {
            setReports(event.target.value);
            set(
              "rua",
              addressesOf(event.target.value)
                .map((address) => `mailto:${address}`)
                .join(","),
            );
          }}
        />
      </Field>
      <Field label="For so many per cent of it">
        <Input
          value={tags.get("pct") ?? ""}
          inputMode="numeric"
          placeholder="100"
          autoComplete="off"
          onChange={(event) => set("pct", event.target.value.trim())}
        />
      </Field>
      {choice("adkim", "The domain that signed", alignments, "May be a subdomain")}
      {choice("aspf", "The domain that sent", alignments, "May be a subdomain")}
    </div>
  );
}
