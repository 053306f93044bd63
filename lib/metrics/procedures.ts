/** The API of the panel's own figures. */
import * as z from "zod";
import { staff } from "#lib/api/guards.ts";
import { momentsOf, ranges, readMetrics, type SeriesName, seriesNames } from "./metrics.ts";

const figure = z.number().nullable();

const Metrics = z.object({
  range: z.enum(ranges),
  /** Seconds between two points. */
  step: z.number().int(),
  at: z.array(z.number().int()),
  series: z.record(z.enum(seriesNames as [SeriesName, ...SeriesName[]]), z.array(figure)),
  routes: z.array(
    z.object({
      method: z.string(),
      template: z.string(),
      action: z.string(),
      requests: z.number().int(),
      failures: z.number().int(),
      p50: figure,
      p95: figure,
      p99: figure,
    }),
  ),
  jobs: z.array(
    z.object({ kind: z.string(), waiting: z.number().int(), running: z.number().int(), failed: z.number().int() }),
  ),
});

const asked = { range: z.enum(ranges).default("1h") };

export const read = staff("admin:metrics", asked, { tokens: true })
  .route({ method: "GET", path: "/admin/metrics", summary: "How the panel does, over an hour, a day or a week" })
  .output(Metrics)
  .handler(({ input }) => readMetrics(input.range));

const figures = Object.fromEntries(seriesNames.map((name) => [name, figure])) as Record<SeriesName, typeof figure>;

export const moments = staff("admin:metrics", asked, { tokens: true })
  .route({ method: "GET", path: "/admin/metrics/moments", summary: "The same figures as a list, one row a moment" })
  .output(z.object({ items: z.array(z.object({ at: z.number().int(), ...figures })) }))
  .handler(({ input }) => ({ items: momentsOf(input.range) }));
