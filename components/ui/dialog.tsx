/** A modal dialog: keeps the focus, gives it back, and fits a phone. Load it with next/dynamic where it opens. */
"use client";
import * as Radix from "radix-ui/dialog";
import { type ReactElement, type ReactNode, type RefObject, useRef } from "react";
import { Button } from "./button.tsx";
import { cx } from "./cx.ts";
import { X } from "./icons.tsx";

const WIDTHS = { sm: "sm:max-w-[400px]", md: "sm:max-w-[520px]", lg: "sm:max-w-[720px]", xl: "sm:max-w-[960px]" };

export interface DialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: ReactNode;
  description?: ReactNode;
  size?: keyof typeof WIDTHS;
  /** `alertdialog` for a question that must be answered: a click outside does not close it. */
  role?: "dialog" | "alertdialog";
  /** A click outside does not close it: something has been typed. */
  keepOpen?: boolean;
  /** Gets the focus first; otherwise the first control does. */
  initialFocus?: RefObject<HTMLElement | null>;
  /** The body, and last a DialogFooter; a form may hold both. */
  children: ReactNode;
}

export function Dialog({
  open,
  onOpenChange,
  title,
  description,
  size = "md",
  role = "dialog",
  keepOpen = false,
  initialFocus,
  children,
}: DialogProps) {
  const opener = useRef<Element>(null);
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        {/* One above the other as they were opened, each with its own veil. */}
        <div className="relative z-40">
          <Radix.Overlay className="fixed inset-0 bg-veil" />
          <Radix.Content
            role={role}
            {...(description === undefined && { "aria-describedby": undefined })}
            onOpenAutoFocus={(event) => {
              opener.current = document.activeElement;
              if (!initialFocus?.current) return;
              event.preventDefault();
              initialFocus.current.focus();
            }}
            onCloseAutoFocus={(event) => {
              event.preventDefault();
              if (opener.current instanceof HTMLElement) opener.current.focus();
            }}
            onPointerDownOutside={(event) => (keepOpen || role === "alertdialog") && event.preventDefault()}
            className={cx(
              "fixed inset-x-0 bottom-0 mx-auto flex max-h-[calc(100dvh-24px)] w-full flex-col overflow-hidden",
              "rounded-t-xl border border-line bg-panel shadow-lg outline-none",
              "sm:inset-x-4 sm:top-[12dvh] sm:bottom-auto sm:max-h-[calc(88dvh-24px)] sm:w-auto sm:rounded-xl",
              WIDTHS[size],
            )}
          >
            <header className="flex items-start gap-4 px-5 pt-4">
              <div className="min-w-0 flex-1">
                <Radix.Title className="text-base font-semibold break-words">{title}</Radix.Title>
                {description !== undefined && (
                  <Radix.Description className="mt-1 text-dim">{description}</Radix.Description>
                )}
              </div>
              <Radix.Close asChild>
                <Button
                  variant="ghost"
                  size="icon-sm"
                  aria-label="Close"
                  className="-me-2 -my-[3px] pointer-coarse:-my-2"
                >
                  <X aria-hidden="true" />
                </Button>
              </Radix.Close>
            </header>
            <div className="min-h-0 overflow-y-auto px-5 pt-4 pb-5 has-[[data-dialog-footer]]:pb-0">{children}</div>
          </Radix.Content>
        </div>
      </Radix.Portal>
    </Radix.Root>
  );
}

const FOOTER =
  "sticky bottom-0 -mx-5 mt-5 flex flex-wrap items-center justify-end gap-2 border-line border-t bg-panel px-5 py-3";

/** The dialog's actions, the main one last. `start` stands at the other end. */
export function DialogFooter({ start, children }: { start?: ReactNode; children: ReactNode }) {
  return (
    <div data-dialog-footer="" className={FOOTER}>
      {start && <div className="me-auto text-dim">{start}</div>}
      {children}
    </div>
  );
}

/** Makes its one child close the dialog. */
export const DialogClose = ({ children }: { children: ReactElement }) => <Radix.Close asChild>{children}</Radix.Close>;
