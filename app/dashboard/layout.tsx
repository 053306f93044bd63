/** The frame around every page for those who are signed in. */
import type { ReactNode } from "react";
import { Shell } from "#components/dashboard/shell.tsx";

export default function Layout({ children }: { children: ReactNode }) {
  return <Shell>{children}</Shell>;
}
