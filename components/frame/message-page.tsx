/** A page that says why there is nothing else on it, and where to go. */
import type { ReactNode } from "react";
import { cx } from "#components/ui/cx.ts";
import { Logo } from "./logo.tsx";

export interface MessagePageProps {
  title: string;
  /** Inside the frame, which has the product's name and the main landmark already. */
  inside?: boolean;
  actions: ReactNode;
  children: ReactNode;
}

export function MessagePage({ title, inside, actions, children }: MessagePageProps) {
  const Element = inside ? "div" : "main";
  return (
    <Element
      className={cx(
        "mx-auto flex w-full max-w-[480px] flex-col items-start justify-center px-4 pb-[12dvh]",
        inside ? "min-h-[60dvh]" : "min-h-dvh",
      )}
    >
      {!inside && <Logo className="mb-6" />}
      <h1 className="text-xl font-semibold tracking-[-0.01em]">{title}</h1>
      <div className="mt-1.5 flex flex-col gap-2 text-base text-dim">{children}</div>
      <div className="mt-5 flex flex-wrap gap-2">{actions}</div>
    </Element>
  );
}
