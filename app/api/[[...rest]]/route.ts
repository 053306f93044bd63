import { doors } from "#lib/panel-here.ts";

const answer = (request: Request) => doors().handleApi(request);

export { answer as DELETE, answer as GET, answer as PATCH, answer as POST, answer as PUT };
