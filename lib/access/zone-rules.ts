/**
 * The zone rules of API tokens: (zone or any) × (name pattern or any) × (type or any) → level. Of those that match, the
 * most specific decides; where none does, nothing is open.
 */
import { canonicalType } from "#lib/dns/type-numbers.ts";
import {
  type CompiledPattern,
  commonName,
  compilePattern,
  matchesCompiled,
  nameLabels,
  subtreePatterns,
} from "./name-pattern.ts";
import { atLeast, compareLevels, maxLevel, minLevel, type ZoneAccess, type ZoneLevel } from "./zone-level.ts";

/** How many rules one token may have. */
export const maxRules = 50;

/** How many labels a rule's name pattern may have. An address in ip6.arpa has 32, most of them in the zone's own name. */
export const maxRuleLabels = 24;

export interface ZoneRule {
  /** A zone's id; null is any. */
  zone: string | null;
  /** A name pattern; null is any. */
  name: string | null;
  type: string | null;
  level: ZoneLevel;
}

/** What the rules say of the zone of this id; of zones that none of them names, for null. */
export interface RuleSet {
  rules: readonly CompiledRule[];
  levelAt(name: string, type: string): ZoneLevel;
  /** Whether the rules without name and type give full: what managing asks for. */
  manages: boolean;
  /** The highest and the lowest level that the rules give anywhere in the zone. */
  range(): { highest: ZoneLevel; lowest: ZoneLevel };
}

interface CompiledRule {
  ofZone: boolean;
  /** Null is any. */
  pattern: CompiledPattern | null;
  type: string | null;
  level: ZoneLevel;
}

export function ruleSet(rules: readonly ZoneRule[], zoneId: string | null): RuleSet {
  const compiled = rules
    .filter((rule) => rule.zone === null || rule.zone === zoneId)
    .map(({ zone, name, type, level }): CompiledRule | null => {
      const pattern = name === null ? null : compilePattern(name);
      if (name !== null && pattern === null) return null;
      return { ofZone: zone !== null, pattern, type: type === null ? null : canonicalType(type), level };
    })
    .filter((rule) => rule !== null)
    // The first that matches decides: of equally specific ones, the lowest.
    .toSorted((a, b) => compareRules(a, b) || compareLevels(a.level, b.level));
  const byType = new Map<string, CompiledRule[]>();
  const rulesFor = (type: string): CompiledRule[] => {
    const known = byType.get(type);
    if (known) return known;
    const canonical = canonicalType(type);
    const found = compiled.filter((rule) => rule.type === null || rule.type === canonical);
    byType.set(type, found);
    return found;
  };
  const levelAt: RuleSet["levelAt"] = (name, type) => {
    const asked = rulesFor(type);
    const labels = asked.length > 0 ? nameLabels(name) : null;
    if (labels === null) return "none";
    return asked.find(({ pattern }) => pattern === null || matchesCompiled(pattern, labels))?.level ?? "none";
  };
  let range: ReturnType<RuleSet["range"]> | undefined;
  return {
    rules: compiled,
    levelAt,
    manages: compiled.find((rule) => rule.pattern === null && rule.type === null)?.level === "full",
    range: () => {
      range ??= extremes(places(compiled, []), levelAt);
      return range;
    },
  };
}

/** More specific first: this zone before any, then the name, then this type before any. */
function compareRules(a: CompiledRule, b: CompiledRule): number {
  return Number(b.ofZone) - Number(a.ofZone) || compareNames(a.pattern, b.pattern) || Number(!a.type) - Number(!b.type);
}

/** Exact, then more labels, then `*` before `**`, then any. Two exact ones that match the same name are the same. */
function compareNames(a: CompiledPattern | null, b: CompiledPattern | null): number {
  if (!a || !b) return Number(!a) - Number(!b);
  if (a.exact || b.exact) return Number(b.exact) - Number(a.exact);
  return b.labels.length - a.labels.length || Number(a.gap !== -1) - Number(b.gap !== -1);
}

/** The access as far as the rules go: everywhere the lower of the two. */
export function lowerAccess(access: ZoneAccess, set: RuleSet): ZoneAccess {
  const levelAt: ZoneAccess["levelAt"] = (name, type) => minLevel(access.levelAt(name, type), set.levelAt(name, type));
  const tenantLevelAt: ZoneAccess["levelAt"] = (name, type) =>
    minLevel(access.tenantLevelAt(name, type), set.levelAt(name, type));
  const manage = access.manage && set.manages;
  const { highest, lowest } = rangeOf(access, set, levelAt);
  const asStaff = () =>
    (manage && access.source !== "organisation") ||
    [...places(set.rules, access.tenantNarrowed ? scopesOf(access.tenantNarrowed) : [])].some(
      ({ name, type }) => tenantLevelAt(name, type) !== levelAt(name, type),
    );
  return {
    level: highest,
    manage,
    source: highest === "none" ? "none" : access.source,
    platform: minLevel(access.platform, highest),
    levelAt,
    subtreeLevel: (name) => minLevel(access.subtreeLevel(name), lowestBelow(set, name)),
    tenantLevelAt,
    viaPlatform: access.viaPlatform && asStaff(),
    seesAll: lowest !== "none",
    narrowed: highest === lowest ? null : (access.narrowed ?? scopeOf(set, highest)),
    tenantNarrowed: access.tenantNarrowed,
  };
}

/** A place where `after` gives more than `before`, or null. A null type is every type. */
export function moreSomewhere(before: RuleSet, after: RuleSet): { name: string; type: string | null } | null {
  if (after.manages && !before.manages) return { name: "@", type: null };
  for (const { name, type } of places(after.rules, before.rules)) {
    if (compareLevels(after.levelAt(name, type), before.levelAt(name, type)) > 0)
      return { name, type: type === otherType ? null : type };
  }
  return null;
}

/** Where the account has one level everywhere, the rules' own range says it all. */
function rangeOf(access: ZoneAccess, set: RuleSet, levelAt: RuleSet["levelAt"]) {
  if (access.narrowed) return extremes(places(set.rules, scopesOf(access.narrowed)), levelAt);
  const { highest, lowest } = set.range();
  return { highest: minLevel(access.level, highest), lowest: minLevel(access.level, lowest) };
}

function extremes(at: Iterable<Place>, levelAt: RuleSet["levelAt"]): { highest: ZoneLevel; lowest: ZoneLevel } {
  const range = { highest: "none" as ZoneLevel, lowest: "full" as ZoneLevel };
  for (const { name, type } of at) {
    const level = levelAt(name, type);
    range.highest = maxLevel(range.highest, level);
    range.lowest = minLevel(range.lowest, level);
  }
  return range;
}

/** The lowest that the rules give at the name and below it, for any type. */
function lowestBelow(set: RuleSet, name: string): ZoneLevel {
  const scopes = subtreePatterns(name);
  if (scopes.length === 0) return "none";
  const within = [...places(set.rules, scopes.map(whole))].filter((place) => {
    const labels = nameLabels(place.name);
    return labels !== null && scopes.some((scope) => matchesCompiled(scope, labels));
  });
  return extremes(within, set.levelAt).lowest;
}

type Scope = Pick<CompiledRule, "pattern" | "type">;

const whole = (pattern: CompiledPattern): Scope => ({ pattern, type: null });

/** Where the account's own level is higher than elsewhere. */
function scopesOf({ names, types }: { names: readonly string[]; types: readonly string[] }): Scope[] {
  const patterns = names.length === 0 ? [null] : names.map(compilePattern);
  const wanted = types.length === 0 ? [null] : types.map(canonicalType);
  return patterns.flatMap((pattern) => wanted.map((type) => ({ pattern, type })));
}

interface Place {
  name: string;
  type: string;
}

/** No record has it, so no rule names it: stands for every type that is not named. */
const otherType = "";

/**
 * Names and types that stand for all there are. Two places are alike if the same rules match them; for every two rules,
 * one of each list, and every number of labels, the most general name that both match is here with the type that both
 * match. It is matched by nothing but what matches everything alike, so whatever two rules decide somewhere they decide
 * at such a place.
 */
function* places(left: readonly Scope[], right: readonly Scope[]): Generator<Place> {
  const patterns = [...left, ...right].flatMap(({ pattern }) => pattern ?? []);
  const open = openLabel(patterns);
  const deepest = depthOf(patterns);
  const seen = new Set<string>();
  for (const a of [anywhere, ...left]) {
    for (const b of [anywhere, ...right]) {
      if (a.type !== null && b.type !== null && a.type !== b.type) continue;
      const type = a.type ?? b.type ?? otherType;
      const both = [a.pattern, b.pattern].filter((pattern) => pattern !== null);
      const fixed = both.find(({ gap }) => gap === -1)?.labels.length;
      for (let count = fixed ?? 0; count <= (fixed ?? deepest); count++) {
        const name = commonName(both, count, open);
        if (name === null || seen.has(`${name} ${type}`)) continue;
        seen.add(`${name} ${type}`);
        yield { name, type };
      }
    }
  }
}

const anywhere: Scope = { pattern: null, type: null };

/** From so many labels on nothing changes: the ends that patterns speak of no longer meet, and none is as long. */
function depthOf(patterns: readonly CompiledPattern[]): number {
  const deep = patterns.filter(({ gap }) => gap !== -1);
  const before = Math.max(0, ...deep.map(({ gap }) => gap));
  const after = Math.max(0, ...deep.map(({ gap, labels }) => labels.length - gap - 1));
  return Math.max(before + after + 1, ...patterns.map(({ labels }) => labels.length)) + 1;
}

/** A label that is in none of the patterns. */
function openLabel(patterns: readonly CompiledPattern[]): string {
  const taken = new Set(patterns.flatMap((pattern) => pattern.labels));
  for (let n = 0; ; n++) if (!taken.has(`any${n || ""}`)) return `any${n || ""}`;
}

/** Names and types of the rules that reach the level, for people. */
function scopeOf(set: RuleSet, level: ZoneLevel): { names: string[]; types: string[] } {
  const reaching = set.rules.filter((rule) => atLeast(rule.level, level));
  const all = <T>(values: (T | null)[]): T[] =>
    values.includes(null) ? [] : [...new Set(values.filter((value) => value !== null))];
  return {
    names: all(reaching.map(({ pattern }) => pattern?.text ?? null)),
    types: all(reaching.map(({ type }) => type)),
  };
}
