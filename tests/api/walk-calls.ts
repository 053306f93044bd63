/** Every procedure of the router as a test calls it: at its address, with its sample. */
import { isProcedure } from "@orpc/server";
import type { Person } from "../support/panel.ts";
import type { Stage } from "../support/stage.ts";
import { samples } from "./walk-samples.ts";

export interface Listed {
  name: string;
  method: string;
  route: string;
  guard: string;
  reads: boolean;
  tokens: boolean;
  fresh: boolean;
  enrolling: boolean;
}

/** Ready to be called: what the route names goes into the address, the rest into the body. */
export function callOf({ name, method, route }: Listed, here: Stage, caller: Person) {
  const values: Record<string, unknown> = { ...samples[name]?.(here, caller) };
  const target = route.replace(/\{(\w+)\}/g, (_, key: string) => {
    const value = values[key] ?? named(here, route)[key] ?? "";
    delete values[key];
    return encodeURIComponent(String(value));
  });
  if (method !== "GET") return () => caller.call(method, target, values);
  const query = new URLSearchParams(values as Record<string, string>).toString();
  return () => caller.call(method, query ? `${target}?${query}` : target);
}

const named = (here: Stage, route: string): Record<string, unknown> => ({
  ...here,
  organisation: here.organisation.handle,
  invite: route.startsWith("/account") ? here.ownInvite : here.invite,
  user: here.member.id,
});

export function flatten(node: object, at: string[] = []): Listed[] {
  return Object.entries(node).flatMap(([key, value]) => {
    const name = [...at, key];
    if (!isProcedure(value)) return typeof value === "object" && value !== null ? flatten(value, name) : [];
    const { route, meta } = value["~orpc"] as {
      route: { method?: string; path?: string };
      meta: {
        guard: string;
        argument: string;
        reads?: boolean;
        tokens?: boolean;
        fresh?: boolean;
        enrolling?: boolean;
      };
    };
    return {
      name: name.join("."),
      method: route.method ?? "POST",
      route: route.path ?? "",
      guard: meta.argument ? `${meta.guard}(${meta.argument})` : meta.guard,
      reads: meta.reads ?? false,
      tokens: meta.tokens ?? false,
      fresh: meta.fresh ?? false,
      enrolling: meta.enrolling ?? false,
    };
  });
}
