import { followShortUrl } from "#lib/short-urls/redirect.ts";

export const dynamic = "force-dynamic";

export const GET = async (request: Request, { params }: { params: Promise<{ code: string }> }) =>
  followShortUrl(request, (await params).code);
