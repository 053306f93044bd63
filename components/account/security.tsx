/** How one proves who one is, and where one is signed in: a section each. */
import { DeleteSection } from "./delete-section.tsx";
import { PasskeysSection } from "./passkeys-section.tsx";
import { PasswordSection } from "./password-section.tsx";
import { SessionsSection } from "./sessions-section.tsx";
import { SshKeysSection } from "./ssh-keys-section.tsx";
import { TotpSection } from "./totp-section.tsx";

export const Security = () => (
  <div className="flex max-w-[880px] flex-col gap-5">
    <PasswordSection />
    <PasskeysSection />
    <TotpSection />
    <SshKeysSection />
    <SessionsSection />
    <DeleteSection />
  </div>
);
