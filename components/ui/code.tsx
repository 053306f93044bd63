/** Text to be read letter by letter. */
import type { ReactNode } from "react";
import { cx } from "./cx.ts";

export const Code = ({ className, children }: { className?: string; children: ReactNode }) => (
  <code className={cx("rounded-sm bg-line2 px-1 py-px font-mono text-[0.95em] break-words", className)}>
    {children}
  </code>
);
