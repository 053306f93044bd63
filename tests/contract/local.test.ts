import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describeProvider } from "./suite.ts";

/** The local provider writes where the panel keeps its zones, so a zone's row is made and dropped around it. */
describeProvider("local", async () => {
  const dataDir = mkdtempSync(path.join(tmpdir(), "zonegate-local-"));
  Object.assign(process.env, { NODE_ENV: "test", DATA_DIR: dataDir });
  const { db } = await import("#db/client.ts");
  const { migrate } = await import("#db/migrate.ts");
  const { organisations, zones } = await import("#db/schema/index.ts");
  const { localProvider } = await import("#lib/dns/providers/local.ts");
  const { eq } = await import("drizzle-orm");
  migrate(db());
  db().insert(organisations).values({ id: "o", handle: "o", name: "O", createdAt: 0 }).onConflictDoNothing().run();
  const provider = localProvider();
  let made = 0;
  return {
    provider: {
      ...provider,
      createZone: async (zone) => {
        const row = {
          id: `zone-${++made}`,
          organisationId: "o",
          connection: "local",
          name: zone.name,
          origin: "created" as const,
          status: "active" as const,
          createdAt: 0,
        };
        db().insert(zones).values(row).onConflictDoNothing().run();
        return provider.createZone(zone);
      },
      deleteZone: async (id) => {
        await provider.deleteZone(id);
        db().delete(zones).where(eq(zones.id, id)).run();
      },
    },
    close: async () => {
      db().delete(zones).run();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
});
