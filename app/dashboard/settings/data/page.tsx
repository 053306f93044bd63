/** A copy of one's data. */
import type { Metadata } from "next";
import { YourData } from "#components/exports/your-data.tsx";

export const metadata: Metadata = { title: "Your data" };

export default function Page() {
  return <YourData />;
}
