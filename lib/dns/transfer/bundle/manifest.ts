/** What a bundle says of itself, beside its zone files. Written by exports, and read with nothing taken for granted. */
import * as z from "zod";

export const MANIFEST = "manifest.json";

const Template = z.object({
  name: z.string(),
  standard: z.boolean(),
  records: z.string(),
  nameservers: z.array(z.string()),
  soa: z.record(z.string(), z.number()).nullable(),
});

const BundledZone = z.object({
  /** The apex, absolute. */
  zone: z.string().max(1100),
  file: z.string().max(300),
  /** What kept it. */
  provider: z.string().optional(),
  /** What people note about it. */
  notes: z.string().max(2000).optional(),
  records: z.number().optional(),
  /** Records that are not in the file, because whoever took it along could not see them. */
  hidden: z.number().optional(),
  revision: z.number().optional(),
});

/** What is not named here is left alone: a later panel may say more. */
export const Manifest = z.object({
  format: z.literal("zonegate-bundle"),
  version: z.literal(1),
  organisation: z.object({ handle: z.string(), name: z.string() }).optional(),
  exportedAt: z.string().optional(),
  zones: z.array(BundledZone),
  templates: z.array(Template).default([]),
});
export type Manifest = z.output<typeof Manifest>;
