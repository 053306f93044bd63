/** One account, for staff. */
import type { Metadata } from "next";
import { AccountPage } from "#components/accounts/account-page.tsx";

export const metadata: Metadata = { title: "Account" };

export default async function Page({ params }: { params: Promise<{ account: string }> }) {
  return <AccountPage user={(await params).account} />;
}
