/**
 * What is said when a page does not exist or is not for this account: known to the browser by name, because every page carries
 * both along.
 */
"use client";
import { LinkButton } from "#components/ui/link-button.tsx";
import { MessagePage } from "./message-page.tsx";

const back = (
  <LinkButton href="/dashboard" variant="primary">
    Go to the overview
  </LinkButton>
);

export const NotFoundMessage = ({ inside }: { inside?: boolean }) => (
  <MessagePage title="There is nothing here" inside={inside} actions={back}>
    <p>The address may be mistyped, what it led to may be gone, or your account cannot see it.</p>
  </MessagePage>
);

export const ForbiddenMessage = ({ inside }: { inside?: boolean }) => (
  <MessagePage title="Your account may not open this page" inside={inside} actions={back}>
    <p>
      You are signed in, but your role does not include it. Ask an administrator of this panel or of the organisation.
    </p>
  </MessagePage>
);
