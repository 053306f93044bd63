/** Pages that are not for this account; the frame stays. */
import { ForbiddenMessage } from "#components/frame/messages.tsx";

export default function Forbidden() {
  return <ForbiddenMessage inside />;
}
