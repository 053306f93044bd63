/** Light, dark or as the system has it; applies at once and is kept in a cookie. */
"use client";
import { useSyncExternalStore } from "react";
import { cx } from "./cx.ts";
import { Monitor, Moon, Sun } from "./icons.tsx";
import { keepCookie } from "./keep-cookie.ts";
import { ListeningGroup } from "./listening.tsx";
import { THEME_COOKIE, type Theme, themeAttribute } from "./theme.ts";

const CHOICES = [
  { theme: "light", label: "Light", Icon: Sun },
  { theme: "dark", label: "Dark", Icon: Moon },
  { theme: "system", label: "System", Icon: Monitor },
] as const;

export function ThemeSwitch({ className }: { className?: string }) {
  const chosen = useSyncExternalStore(subscribe, current, () => undefined);
  return (
    <ListeningGroup className={cx("flex min-w-0 rounded-md border border-line bg-bg p-0.5", className)}>
      <legend className="sr-only">Theme</legend>
      {CHOICES.map(({ theme, label, Icon }) => (
        <button
          key={theme}
          type="button"
          aria-pressed={chosen === theme}
          onClick={() => choose(theme)}
          className={cx(
            "flex h-6 flex-1 items-center justify-center gap-1 rounded-[5px] border border-transparent px-1 text-xs",
            "font-medium text-dim hover:text-text pointer-coarse:h-9",
            chosen === theme && "border-line bg-panel text-text",
          )}
        >
          <Icon aria-hidden="true" className="size-3.5 shrink-0" />
          {label}
        </button>
      ))}
    </ListeningGroup>
  );
}

const current = (): Theme => themeAttribute(document.documentElement.dataset.theme) ?? "system";

function subscribe(changed: () => void): () => void {
  const observer = new MutationObserver(changed);
  observer.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  return () => observer.disconnect();
}

function choose(theme: Theme): void {
  const attribute = themeAttribute(theme);
  if (attribute) document.documentElement.dataset.theme = attribute;
  else delete document.documentElement.dataset.theme;
  const life = attribute ? 365 * 86_400 : 0;
  keepCookie(location.protocol === "https:" ? `__Host-${THEME_COOKIE}` : THEME_COOKIE, theme, life);
}
