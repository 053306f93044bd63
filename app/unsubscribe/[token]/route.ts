import { doors } from "#lib/panel-here.ts";

export const dynamic = "force-dynamic";

interface Place {
  params: Promise<{ token: string }>;
}

export const GET = async (_request: Request, { params }: Place) => doors().askToUnsubscribe((await params).token);
export const POST = async (request: Request, { params }: Place) => doors().oneClick(request, (await params).token);
