/** The page before one is in: the product's name and one card in the middle. */
import type { ReactNode } from "react";
import { Logo } from "./logo.tsx";

export interface AuthCardProps {
  title: string;
  description?: ReactNode;
  /** Under the card: another way in, or help. */
  footer?: ReactNode;
  children?: ReactNode;
}

export function AuthCard({ title, description, footer, children }: AuthCardProps) {
  return (
    <main className="mx-auto flex min-h-dvh w-full max-w-[400px] flex-col justify-center px-4 pt-8 pb-[12dvh]">
      <Logo className="mb-5 justify-center" />
      <section className="rounded-xl border border-line bg-panel px-6 pt-5 pb-6 max-sm:px-5">
        <h1 className="text-lg font-semibold tracking-[-0.01em]">{title}</h1>
        {description && <div className="mt-1 text-dim">{description}</div>}
        {children && <div className="mt-5">{children}</div>}
      </section>
      {footer && <div className="mt-4 text-center text-dim">{footer}</div>}
    </main>
  );
}
