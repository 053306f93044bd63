/** How the lines of a chart are told apart, also without their colours. */

/** Custom properties of the theme. */
export const LOOKS = [
  { colour: "--accent", ink: "text-accent", dash: [] },
  { colour: "--bad", ink: "text-bad", dash: [6, 3] },
  { colour: "--warn", ink: "text-warn", dash: [2, 3] },
] as const;

/** A piece of the line, beside its name. */
export function LineKey({ place }: { place: number }) {
  const { ink, dash } = LOOKS[place % LOOKS.length] ?? LOOKS[0];
  return (
    <svg aria-hidden="true" viewBox="0 0 16 2" className={`h-0.5 w-4 ${ink}`}>
      <path d="M0 1h16" stroke="currentColor" strokeWidth="2" strokeDasharray={dash.join(" ")} />
    </svg>
  );
}
