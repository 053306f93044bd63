/** One value per process, for Next's bundles as for the modules beside them. */

const store = globalThis as { __zonegate?: Map<string, unknown> };

export function singleton<T>(name: string, make: () => T): T {
  store.__zonegate ??= new Map();
  if (!store.__zonegate.has(name)) store.__zonegate.set(name, make());
  return store.__zonegate.get(name) as T;
}
