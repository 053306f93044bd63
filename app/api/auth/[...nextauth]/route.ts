import { panel } from "#lib/panel-here.ts";

const answer = (request: Request, context: { params: Promise<{ nextauth: string[] }> }) =>
  panel().doors.handleAuth(request, context);

export { answer as GET, answer as POST };
