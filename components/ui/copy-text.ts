/** Puts text on the clipboard, and says so, or that the browser did not let it. */
import { toast } from "./toast.tsx";

export const copyText = (text: string, done: string): Promise<void> =>
  navigator.clipboard.writeText(text).then(
    () => toast(done),
    () => toast("The browser did not let it be copied", { tone: "bad" }),
  );
