/** How eggs are given and shown. */
import * as z from "zod";

const text = (most: number) => z.string().max(most, `At most ${most.toLocaleString("en-GB")} characters.`);
/** Nothing that ends a text where it is used: not even in a script. */
const clean = (most: number) => text(most).regex(/^[^\0]*$/, "This has a character in it that is none.");
const line = (most: number) => clean(most).regex(/^[^\r\n]*$/, "Enter one line.");

const MANY = 200;

export const variable = z.strictObject({
  name: line(191).trim().min(1, "Enter a name."),
  description: clean(5000).default(""),
  env: line(191).trim(),
  defaultValue: clean(5000).default(""),
  userViewable: z.boolean().default(false),
  userEditable: z.boolean().default(false),
  rules: z.array(line(2000).trim().min(1, "A rule is not empty.")).max(50, "A variable has at most 50 rules."),
  fieldType: line(50).default("text"),
});

/** Every field of an egg but what files say besides. */
export const fields = {
  name: line(191).trim().min(1, "Enter a name."),
  author: line(191).trim(),
  description: clean(20_000),
  features: z.array(line(191)).max(MANY).nullable(),
  images: z
    .array(z.tuple([line(191).trim().min(1, "An image needs a name."), line(500).trim()]))
    .max(MANY, `An egg has at most ${MANY} images.`),
  startup: clean(20_000),
  stop: line(500),
  fileDenylist: z.array(line(500)).max(1000),
  configFiles: clean(200_000),
  configStartup: clean(50_000),
  configLogs: clean(50_000),
  script: clean(500_000),
  scriptContainer: line(500).trim(),
  scriptEntrypoint: line(191).trim(),
  forceOutgoingIp: z.boolean(),
  updateUrl: line(2000).trim().refine(isAddress, "Enter an address that begins with https:// or http://.").nullable(),
  variables: z.array(variable).max(MANY, `An egg has at most ${MANY} variables.`),
};
export const WholeEgg = z.object(fields);

export const edit = Object.fromEntries(
  Object.entries({ ...fields, visible: z.boolean() }).map(([key, field]) => [key, field.optional()]),
) as { [K in keyof typeof fields]: z.ZodOptional<(typeof fields)[K]> } & { visible: z.ZodOptional<z.ZodBoolean> };

function isAddress(given: string): boolean {
  return URL.canParse(given) && /^https?:$/.test(new URL(given).protocol);
}

export const EggRow = z.object({
  id: z.string(),
  name: z.string(),
  author: z.string(),
  description: z.string(),
  /** What a server gets unless somebody chooses another. */
  image: z.string(),
  images: z.number().int(),
  variables: z.number().int(),
  visible: z.boolean(),
  createdAt: z.number().int(),
  updatedAt: z.number().int(),
});

const Warning = z.object({ at: z.string(), message: z.string() });

export const EggDetail = z.object({
  id: z.string(),
  ...fields,
  updateUrl: z.string().nullable(),
  variables: z.array(z.object({ ...variable.shape, id: z.string() })),
  visible: z.boolean(),
  /** Keys of the file that it came from which the panel only keeps, such as `meta.tags`. */
  kept: z.array(z.string()),
  warnings: z.array(Warning),
  revision: z.number().int(),
  createdAt: z.number().int(),
  updatedAt: z.number().int(),
});
export type EggDetail = z.output<typeof EggDetail>;

export const Imported = z.object({
  id: z.string(),
  name: z.string(),
  warnings: z.array(Warning),
  /** Variables that the egg had and the file has not. */
  dropped: z.array(z.string()),
});
export type Imported = z.output<typeof Imported>;
