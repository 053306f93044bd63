/** One change of records in many zones. */
import type { Metadata } from "next";
import { BulkOnePage } from "#components/bulk/bulk-pages.tsx";

export const metadata: Metadata = { title: "Change in many zones" };

export default function Page({ params }: { params: Promise<{ bulk: string }> }) {
  return <BulkOnePage params={params} />;
}
