import { doors } from "#lib/panel-here.ts";

export const dynamic = "force-dynamic";

export const GET = async (request: Request, { params }: { params: Promise<{ code: string }> }) =>
  doors().followShortUrl(request, (await params).code);
