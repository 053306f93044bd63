import { panel } from "#lib/panel-here.ts";

export const dynamic = "force-dynamic";
export const GET = () => panel().doors.ready();
