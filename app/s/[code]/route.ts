import { panel } from "#lib/panel-here.ts";

export const dynamic = "force-dynamic";

export const GET = async (request: Request, { params }: { params: Promise<{ code: string }> }) =>
  panel().doors.followShortUrl(request, (await params).code);
