import { metrics } from "#lib/metrics/prometheus.ts";

export const dynamic = "force-dynamic";
export const GET = metrics;
