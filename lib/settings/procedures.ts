/** The API of the panel's settings, for staff. */
import * as z from "zod";
import { staff } from "#lib/api/guards.ts";
import { sendTestMail } from "#lib/mail/test-mail.ts";
import { groups, groupTitles, settingKeys } from "./catalogue.ts";
import { changeSettings, listSettings } from "./settings.ts";

const option = z.object({ value: z.string(), label: z.string() });
const Setting = z.object({
  key: z.enum(settingKeys),
  group: z.enum(groups),
  title: z.string(),
  help: z.string(),
  control: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("switch") }),
    z.object({ kind: z.literal("number"), min: z.number(), max: z.number(), unit: z.string() }),
    z.object({ kind: z.literal("choice"), options: z.array(option) }),
    z.object({ kind: z.literal("list"), placeholder: z.string() }),
  ]),
  value: z.unknown(),
  byDefault: z.unknown(),
  /** When it was last set; null where it has never been. */
  changedAt: z.number().int().nullable(),
});
const Settings = z.object({
  groups: z.array(z.object({ id: z.enum(groups), title: z.string() })),
  items: z.array(Setting),
});

const all = () => ({ groups: groups.map((id) => ({ id, title: groupTitles[id] })), items: listSettings() });

export const list = staff("admin:settings", {}, { tokens: true })
  .route({ method: "GET", path: "/admin/settings", summary: "The panel's settings" })
  .output(Settings)
  .handler(all);

export const change = staff(
  "admin:settings",
  { changes: z.record(z.string().max(100), z.unknown()), confirm: z.boolean().default(false) },
  { tokens: true },
)
  .route({
    method: "PATCH",
    path: "/admin/settings",
    summary: "Change settings; null is the default",
  })
  .output(Settings)
  .handler(({ context, input }) => {
    changeSettings(input.changes, context.actor, input.confirm);
    return all();
  });

export const testMail = staff("admin:settings", {})
  .route({
    method: "POST",
    path: "/admin/settings/test-mail",
    summary: "Send oneself a mail, and say what the server said",
  })
  .output(
    z.object({ result: z.enum(["sent", "refused", "later", "unknown"]), answer: z.string(), recipient: z.string() }),
  )
  .handler(({ context }) => sendTestMail(context.actor));
