/**
 * What is said when a page does not exist, is not for this account, or is for people who are signed in: known to the browser by
 * name, because every page carries all of it along.
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

export const UnauthorizedMessage = () => (
  <MessagePage
    title="You are not signed in"
    actions={
      <LinkButton href="/login" variant="primary">
        Sign in
      </LinkButton>
    }
  >
    <p>This page is for people who are. Your session may have ended in the meantime.</p>
  </MessagePage>
);
