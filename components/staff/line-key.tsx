/** How the lines of a chart are told apart, also without their colours. */

export interface Line {
  name: string;
  values: readonly (number | null)[];
  /** What it counts should not happen. */
  bad?: boolean | undefined;
}

/** Custom properties of the theme. */
const LOOKS = [
  { colour: "--accent", ink: "text-accent", dash: [] },
  { colour: "--dim", ink: "text-dim", dash: [6, 3] },
  { colour: "--faint", ink: "text-faint", dash: [2, 3] },
] as const;

/** `place`: among the lines of its chart. */
export function lookOf({ bad }: Pick<Line, "bad">, place: number) {
  const { colour, ink, dash } = LOOKS[place % LOOKS.length] ?? LOOKS[0];
  return bad ? { colour: "--bad", ink: "text-bad", dash } : { colour, ink, dash };
}

/** A piece of the line, beside its name. */
export function LineKey({ line, place }: { line: Pick<Line, "bad">; place: number }) {
  const { ink, dash } = lookOf(line, place);
  return (
    <svg aria-hidden="true" viewBox="0 0 16 2" className={`h-0.5 w-4 ${ink}`}>
      <path d="M0 1h16" stroke="currentColor" strokeWidth="2" strokeDasharray={dash.join(" ")} />
    </svg>
  );
}
