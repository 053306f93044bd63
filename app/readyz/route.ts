import { ready } from "#lib/ready.ts";

export const dynamic = "force-dynamic";
export const GET = ready;
