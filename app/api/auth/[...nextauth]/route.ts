import { doors } from "#lib/panel-here.ts";

const answer = (request: Request, context: { params: Promise<{ nextauth: string[] }> }) =>
  doors().handleAuth(request, context);

export { answer as GET, answer as POST };
