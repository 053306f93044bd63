/** Asks for a link to set a new password. */
"use client";
import { AskMail } from "./ask-mail.tsx";

export const ForgotForm = () => (
  <AskMail
    call={(api, email) => api.links.askReset({ email })}
    sent={(email) =>
      `If ${email} has an account here, a mail with a link is on its way. The link works once, for an hour.`
    }
  />
);
