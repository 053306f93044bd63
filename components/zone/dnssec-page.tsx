/** DNSSEC of a zone: how it stands here and at the parent, what to paste at the registrar, and the switch. */
import { Badge, type Tone } from "#components/ui/badge.tsx";
import { Banner } from "#components/ui/banner.tsx";
import { CopyValue } from "#components/ui/copy-value.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Facts, Panel } from "#components/ui/panel.tsx";
import { load } from "#lib/api/caller.ts";
import type { Outputs } from "#lib/api/outputs.ts";
import { DnssecSwitch } from "./dnssec-switch.tsx";
import { namesOf, openZone, type ZoneParams } from "./zone-data.ts";

type Dnssec = Outputs["dns"]["dnssec"];

export async function DnssecPage({ params }: { params: Promise<ZoneParams> }) {
  const { organisation, zone } = await namesOf(params);
  const open = await openZone(organisation, zone);
  const dnssec = await load((api) => api.dns.dnssec({ organisation, zone }));
  const { unavailable, signed, ending, chain, keys, ds, dnskeys, parent } = dnssec;
  if (unavailable !== null) return <EmptyState title="No DNSSEC here">{unavailable}</EmptyState>;
  const [word, tone, says] = chains[chain];
  return (
    <div className="flex max-w-[860px] flex-col gap-4">
      {chain === "broken" && (
        <Banner tone="bad" title="This domain fails for everybody whose resolver validates">
          {signed
            ? "The parent names keys that this zone does not have. Replace the DS records at the registrar by those below."
            : "The parent publishes DS records, but the zone is not signed. Remove them at the registrar, or switch DNSSEC on and replace them."}
        </Banner>
      )}
      {ending && (
        <Banner title="DNSSEC is being switched off">
          The provider goes on signing until the parent no longer publishes a DS record. Have it removed at the
          registrar.
        </Banner>
      )}
      <Panel
        title={signed ? "DNSSEC is on" : "DNSSEC is off"}
        description={says}
        footer={
          <DnssecSwitch
            organisation={open.organisation.handle}
            zone={open.name.replace(/\.$/, "")}
            signed={signed && !ending}
            parent={parent}
          />
        }
      >
        <Facts
          items={[
            { label: "Chain of trust", value: <Badge tone={tone}>{word}</Badge> },
            { label: "At the parent", value: <AtParent parent={parent} /> },
            ...keys.map((key) => ({
              label: roles[key.role],
              value: `${key.algorithm}${key.bits === null ? "" : `, ${key.bits} bits`}${key.active ? "" : ", not active"}${key.published ? "" : ", not published"}`,
            })),
          ]}
        />
      </Panel>
      {ds.map((one) => (
        <Panel
          key={one.text}
          title={`DS record with ${digests[one.digestType] ?? `digest ${one.digestType}`}`}
          description={
            one.digestType === 2
              ? "What nearly every registrar asks for."
              : "Only where the registrar asks for this one."
          }
        >
          <Facts
            items={[
              { label: "Key tag", value: <CopyValue label="Key tag" value={String(one.keyTag)} /> },
              { label: "Algorithm", value: <CopyValue label="Algorithm" value={String(one.algorithm)} /> },
              { label: "Digest type", value: <CopyValue label="Digest type" value={String(one.digestType)} /> },
              { label: "Digest", value: <CopyValue label="Digest" value={one.digest} /> },
              { label: "All in one line", value: <CopyValue label="DS record" value={one.text} /> },
            ]}
          />
        </Panel>
      ))}
      {dnskeys.map((key) => (
        <Panel
          key={key.text}
          title="Public key"
          description="For registrars that ask for the DNSKEY instead of a DS record."
        >
          <Facts
            items={[
              { label: "Flags", value: <CopyValue label="Flags" value={String(key.flags)} /> },
              { label: "Protocol", value: <CopyValue label="Protocol" value={String(key.protocol)} /> },
              { label: "Algorithm", value: <CopyValue label="Key algorithm" value={String(key.algorithm)} /> },
              { label: "Public key", value: <CopyValue label="Public key" value={key.publicKey} /> },
            ]}
          />
        </Panel>
      ))}
    </div>
  );
}

function AtParent({ parent }: { parent: Dnssec["parent"] }) {
  if (parent.state === "unknown") return <>Not known: {parent.problem}.</>;
  if (parent.state === "none") return <>No DS record</>;
  return (
    <ul className="flex flex-col gap-0.5 font-mono text-[0.95em] break-all">
      {parent.ds.map((ds) => (
        <li key={ds}>{ds}</li>
      ))}
    </ul>
  );
}

const chains: Record<Dnssec["chain"], [word: string, tone: Tone, says: string]> = {
  unsigned: [
    "Not signed",
    "neutral",
    "Answers can be forged on the way to whoever asks. Signing lets resolvers notice.",
  ],
  waiting: [
    "Waiting for the parent",
    "warn",
    "The zone is signed. Give the registrar the DS record below, so that resolvers know.",
  ],
  secure: ["Complete", "ok", "The parent names a key of this zone, and resolvers can check every answer."],
  broken: ["Broken", "bad", "What the parent publishes does not fit the keys of this zone."],
  unknown: ["Not known", "warn", "The parent could not be asked just now."],
};
const roles = { csk: "Key", ksk: "Key-signing key", zsk: "Zone-signing key" } as const;
const digests: Readonly<Record<number, string>> = { 1: "SHA-1", 2: "SHA-256", 4: "SHA-384" };
