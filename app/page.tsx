/** The front door. */
import { redirect } from "next/navigation";
import { load } from "#lib/api/caller.ts";

export default async function Page() {
  const { done } = await load((api) => api.setup.status({}));
  redirect(done ? "/dashboard" : "/setup");
}
