import { doors } from "#lib/panel-here.ts";

export const dynamic = "force-dynamic";
export const GET = () => doors().ready();
