/** What can be done with a row: small buttons at its end, on one line where there is room for that. */
import type { ReactNode } from "react";
import { Button } from "./button.tsx";

export const RowActions = ({ children }: { children: ReactNode }) => (
  <div className="flex flex-wrap gap-1 max-sm:-mx-2 sm:flex-nowrap sm:justify-end">{children}</div>
);

export interface RowButtonProps {
  /** What the row is of: heard after what the button says. */
  about: string;
  /** A dialog opens. */
  opens?: boolean;
  disabled?: boolean;
  onClick: () => void;
  children: string;
}

export const RowButton = ({ about, opens, disabled, onClick, children }: RowButtonProps) => (
  <Button
    variant="ghost"
    size="sm"
    aria-label={`${children} ${about}`}
    aria-haspopup={opens ? "dialog" : undefined}
    disabled={disabled}
    onClick={onClick}
  >
    {children}
  </Button>
);
