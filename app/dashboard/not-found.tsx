/** What is not there, or not visible to this account; the frame stays. */
import { NotFoundMessage } from "#components/frame/messages.tsx";

export default function NotFound() {
  return <NotFoundMessage inside />;
}
