/**
 * What a script answers to cannot be used before that script listens: what was done by then would be lost. Until then it
 * has `data-waits`, so that it is dressed as it will be.
 */
"use client";
import type { ComponentProps } from "react";
import { useHydrated } from "./use-hydrated.ts";

const useWaits = (disabled: boolean | undefined) => {
  const waits = !useHydrated();
  return { disabled: disabled || waits, "data-waits": waits && !disabled ? "" : undefined };
};

export const ListeningInput = (props: ComponentProps<"input">) => <input {...props} {...useWaits(props.disabled)} />;

export const ListeningSelect = (props: ComponentProps<"select">) => <select {...props} {...useWaits(props.disabled)} />;

/** All that is in it. */
export const ListeningGroup = (props: ComponentProps<"fieldset">) => (
  <fieldset {...props} {...useWaits(props.disabled)} />
);
