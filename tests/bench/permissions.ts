/** `permissions`: what one decision costs with 100 grants, beside @casl/ability and casbin given the same rules. */
import { createMongoAbility } from "@casl/ability";
import { newEnforcer, newModelFromString } from "casbin";
import { compileGrants, holds } from "#lib/access/permissions.ts";
import { median, type Row, row } from "./figures.ts";

const BENCH = "permissions";
const GRANTS = 100;
const ROUNDS = 9;

/** Ninety concrete grants and ten wildcards, as a large role has them. */
const grants = [
  ...Array.from({ length: GRANTS - 10 }, (_, n) => `area${n % 30}:act${n}`),
  ...Array.from({ length: 10 }, (_, n) => `wide${n}:*`),
];
/** Found exactly, found through a wildcard, and not at all. */
const questions = { hit: "area17:act47", "hit by wildcard": "wide7:act3", miss: "area17:other" };

type Decide = (permission: string) => boolean;

export async function permissions(): Promise<Row[]> {
  const compiled = compileGrants(grants);
  const ability = abilityOf();
  const enforcer = await enforcerOf();
  const deciders: Record<"zonegate" | "casl" | "casbin", Decide> = {
    zonegate: (permission) => compiled.has(permission),
    casl: (permission) => ability.can(...asAct(permission)),
    casbin: (permission) => enforcer.enforceSync("role", permission.replaceAll(":", "/")),
  };
  const rows: Row[] = [];
  for (const [name, permission] of Object.entries(questions)) {
    const expected = holds(grants, permission);
    for (const [library, decide] of Object.entries(deciders)) {
      if (decide(permission) !== expected) throw new Error(`${library} decides otherwise about ${permission}.`);
    }
    const took = sideBySide(deciders, permission);
    for (const library of ["casl", "casbin"] as const)
      rows.push(row(BENCH, `decision, ${name}`, took.zonegate, "µs", { beside: took[library], against: library }));
    rows.push(row(BENCH, `decisions a second, ${name}`, 1e6 / took.zonegate, "/s"));
  }
  const made = sideBySide(
    {
      zonegate: () => compileGrants(grants).root,
      casl: () => abilityOf().can("nothing", "nowhere"),
    },
    "",
  );
  rows.push(
    row(BENCH, "100 grants made ready", made.zonegate ?? Number.NaN, "µs", { beside: made.casl, against: "casl" }),
  );
  return rows;
}

/** Medians in microseconds, the candidates in turn so that whatever else the machine does falls on all of them. */
function sideBySide<K extends string>(deciders: Record<K, Decide>, permission: string): Record<K, number> {
  const names = Object.keys(deciders) as K[];
  const times = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<K, number[]>;
  for (let round = 0; round <= ROUNDS; round++) {
    for (const name of names) {
      const took = microseconds(deciders[name], permission);
      // The first round is for the compiler.
      if (round > 0) times[name].push(took);
    }
  }
  return Object.fromEntries(names.map((name) => [name, median(times[name])])) as Record<K, number>;
}

/** One call's share of about 50 ms of calls. */
function microseconds(decide: Decide, permission: string): number {
  let calls = 0;
  let held = 0;
  const began = performance.now();
  let now = began;
  while (now - began < 50) {
    for (let n = 0; n < 100; n++) if (decide(permission)) held++;
    calls += 100;
    now = performance.now();
  }
  if (held !== 0 && held !== calls) throw new Error("the same question was answered in two ways");
  return ((now - began) * 1000) / calls;
}

/** casl asks for an action on a subject: the last segment, and those before it. */
function asAct(permission: string): [action: string, subject: string] {
  const at = permission.lastIndexOf(":");
  return [permission.slice(at + 1), permission.slice(0, at)];
}

const abilityOf = () =>
  createMongoAbility(
    grants.map((grant) => {
      const [action, subject] = asAct(grant);
      return { action: action === "*" ? "manage" : action, subject };
    }),
  );

/** casbin matches paths: segments become its components, and its `*` is ours. */
async function enforcerOf() {
  const model = newModelFromString(`
[request_definition]
r = sub, obj
[policy_definition]
p = sub, obj
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = r.sub == p.sub && keyMatch(r.obj, p.obj)
`);
  const enforcer = await newEnforcer(model);
  await enforcer.addPolicies(grants.map((grant) => ["role", grant.replaceAll(":", "/")]));
  return enforcer;
}
