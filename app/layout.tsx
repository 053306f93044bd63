/** What every page stands in. */
import type { Metadata } from "next";
import type { ReactNode } from "react";
import { Confirmation } from "#components/auth/confirmation.tsx";
import { StyleNonce } from "#components/ui/style-nonce.tsx";
import { Toaster } from "#components/ui/toast.tsx";
import { chosenTheme } from "#lib/api/caller.ts";
import "./globals.css";

export const metadata: Metadata = {
  title: { template: "%s · Zonegate", default: "Zonegate" },
  description: "DNS zones and who may change them.",
  icons: "/icon.svg",
  robots: { index: false, follow: false },
};

export default async function RootLayout({ children }: { children: ReactNode }) {
  return (
    <html lang="en-GB" data-theme={(await chosenTheme()) ?? undefined}>
      <body>
        {children}
        <Confirmation />
        <StyleNonce />
        <Toaster />
      </body>
    </html>
  );
}
