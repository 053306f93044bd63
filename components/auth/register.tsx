/** The page where people make their own account, where the panel lets them. */
import { notFound } from "next/navigation";
import { load } from "#lib/api/caller.ts";
import { RegisterCard } from "./register-card.tsx";

export async function Register() {
  const { registration } = await load((api) => api.setup.status({}));
  if (!registration) notFound();
  return <RegisterCard />;
}
