/** What needs attention, as tiles on top of the home page. */
import { cx } from "#components/ui/cx.ts";
import { Link } from "#components/ui/link.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import type { Outputs } from "#lib/api/outputs.ts";

type Tile = Outputs["soc"]["overview"]["items"][number];

/** `bad`: null where it is only good to know. */
const words: Record<Tile["id"], { own: string; all: string; bad: boolean | null }> = {
  zones: { own: "Zones with errors", all: "Zones with errors", bad: true },
  claims: { own: "Zones waiting for proof", all: "Zones waiting for proof", bad: false },
  active: { own: "Active servers", all: "Active servers", bad: null },
  signIns: { own: "Failed sign-ins, last 24 h", all: "Failed sign-ins, last 24 h", bad: false },
  jobs: { own: "Failed jobs, last 24 h", all: "Failed jobs, last 24 h", bad: true },
  nodes: { own: "Unhealthy nodes", all: "Unhealthy nodes", bad: true },
  servers: { own: "Servers not installed", all: "Servers not installed", bad: true },
  deletions: { own: "Accounts to be deleted", all: "Accounts to be deleted", bad: false },
};

export function SocOverview({ tiles }: { tiles: readonly Tile[] }) {
  return (
    <section aria-label="What needs attention" className="mb-6">
      <ul
        className={cx(
          "grid grid-cols-2 gap-3",
          // More than fit into a row stand in two, and not six above two.
          tiles.length > 6 ? "lg:grid-cols-4" : "lg:grid-cols-[repeat(auto-fit,minmax(176px,1fr))]",
        )}
      >
        {tiles.map((tile) => (
          <li key={tile.id} className="contents">
            <TileLink {...tile} />
          </li>
        ))}
      </ul>
    </section>
  );
}

const numberOf = ({ count, capped }: Pick<Tile, "count" | "capped">) =>
  `${count.toLocaleString("en-GB")}${capped ? "+" : ""}`;

const stateWords = { healthy: "healthy", unhealthy: "unhealthy", waiting: "not seen yet" } as const;

function TileLink({ id, scope, count, capped, href, states }: Tile) {
  const { bad, ...title } = words[id];
  const look = "flex flex-col gap-0.5 rounded-lg border border-line bg-panel px-3.5 py-3";
  const content = (
    <>
      <span
        className={cx(
          "text-xl font-semibold tabular-nums",
          count === 0 ? "text-faint" : bad === null ? "text-text" : bad ? "text-bad" : "text-warn",
        )}
      >
        {numberOf({ count, capped })}
      </span>
      <span className="text-text">{title[scope]}</span>
      <span className="text-xs text-faint">
        {scope === "all" ? "Whole panel" : id === "signIns" ? "Your account" : "Yours"}
      </span>
    </>
  );
  if (states)
    return (
      <div className={look}>
        {href === null ? (
          content
        ) : (
          <Link href={href} prefetch={false} className="flex flex-col gap-0.5 no-underline hover:underline">
            {content}
          </Link>
        )}
        <ul aria-label="Nodes by state" className="flex flex-wrap gap-x-3 text-xs text-dim tabular-nums">
          {states.map(({ state, href: to, ...rest }) => (
            <li key={state}>
              {to === null ? (
                `${numberOf(rest)} ${stateWords[state]}`
              ) : (
                <TextLink tone="dim" href={to} prefetch={false} className="inline-flex min-h-6 items-center">
                  {numberOf(rest)} {stateWords[state]}
                </TextLink>
              )}
            </li>
          ))}
        </ul>
      </div>
    );
  return href === null ? (
    <div className={look}>{content}</div>
  ) : (
    <Link href={href} prefetch={false} className={cx(look, "no-underline hover:border-edge hover:bg-hover")}>
      {content}
    </Link>
  );
}
