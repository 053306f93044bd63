/** One's own profile. */
import type { Metadata } from "next";
import { Profile } from "#components/account/profile.tsx";

export const metadata: Metadata = { title: "Account settings" };

export default function Page() {
  return <Profile />;
}
