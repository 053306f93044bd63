/** Text to be read letter by letter: inline, or a block that can be copied. */
import type { ReactNode } from "react";
import { CopyButton } from "./copy-button.tsx";
import { cx } from "./cx.ts";

export const Code = ({ className, children }: { className?: string; children: ReactNode }) => (
  <code className={cx("rounded-sm bg-line2 px-1 py-px font-mono text-[0.95em] break-words", className)}>
    {children}
  </code>
);

export interface CodeBlockProps {
  text: string;
  /** Names the block, and what its copy button copies. */
  label: string;
  copy?: boolean;
  wrap?: boolean;
  className?: string;
}

export function CodeBlock({ text, label, copy = true, wrap, className }: CodeBlockProps) {
  return (
    <div className={cx("relative min-w-0 rounded-lg border border-line bg-bg", className)}>
      <section
        aria-label={label}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable from the keyboard
        tabIndex={0}
        className={cx("overflow-x-auto rounded-lg contain-inline-size px-3 py-2", copy && "pe-11")}
      >
        <pre className={cx("font-mono text-sm", wrap && "break-all whitespace-pre-wrap")}>{text}</pre>
      </section>
      {copy && (
        <CopyButton
          text={text}
          label={`Copy ${label.toLowerCase()}`}
          className="absolute end-[5px] top-[5px] pointer-coarse:end-0 pointer-coarse:top-0"
        />
      )}
    </div>
  );
}
