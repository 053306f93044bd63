export * from "./accounts.ts";
export * from "./claims.ts";
export * from "./connections.ts";
export * from "./dns.ts";
export * from "./identity.ts";
export * from "./organisations.ts";
export * from "./panel.ts";
export * from "./work.ts";
