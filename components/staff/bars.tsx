/** Numbers over time as bars, with the same as a table for those who do not see them. */

export interface Bar {
  label: string;
  value: number;
  /** How the value is said. */
  said: string;
}

const HEIGHT = 96;

interface BarsProps {
  label: string;
  /** What stands above says it already. */
  titled?: boolean;
  bars: readonly Bar[];
  most?: number;
}

export function Bars({ label, titled = false, bars, most }: BarsProps) {
  const top = most ?? Math.max(1, ...bars.map(({ value }) => value));
  const width = 1000 / Math.max(1, bars.length);
  return (
    <figure>
      <svg
        viewBox={`0 0 1000 ${HEIGHT}`}
        preserveAspectRatio="none"
        aria-hidden="true"
        className="h-24 w-full text-accent"
      >
        {bars.map(({ label: at, value, said }, place) => {
          const height = (value / top) * (HEIGHT - 2);
          return (
            <rect
              key={at}
              x={place * width}
              y={HEIGHT - height}
              width={Math.max(width - 2, 1)}
              height={height}
              fill="currentColor"
            >
              <title>{`${at}: ${said}`}</title>
            </rect>
          );
        })}
      </svg>
      <figcaption className="mt-1 flex justify-between gap-4 text-xs text-dim tabular-nums">
        <span>{bars[0]?.label}</span>
        {!titled && <span>{label}</span>}
        <span>{bars.at(-1)?.label}</span>
      </figcaption>
      <table className="sr-only">
        <caption>{label}</caption>
        <tbody>
          {bars
            .filter(({ value }) => value > 0)
            .map(({ label: at, said }) => (
              <tr key={at}>
                <th scope="row">{at}</th>
                <td>{said}</td>
              </tr>
            ))}
        </tbody>
      </table>
    </figure>
  );
}
