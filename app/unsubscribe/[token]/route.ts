import { askToUnsubscribe, oneClick } from "#lib/announcements/one-click.ts";

export const dynamic = "force-dynamic";

interface Place {
  params: Promise<{ token: string }>;
}

export const GET = async (_request: Request, { params }: Place) => askToUnsubscribe((await params).token);
export const POST = async (request: Request, { params }: Place) => oneClick(request, (await params).token);
