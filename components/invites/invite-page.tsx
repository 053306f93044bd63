/** The page behind the link of an invitation. The server knows only who is signed in: the token stays in the browser. */
import { currentActor } from "#lib/api/caller.ts";
import { Invite } from "./invite.tsx";

export async function InvitePage() {
  const actor = await currentActor();
  return <Invite self={actor.type === "user" ? actor.label : null} now={Date.now()} />;
}
