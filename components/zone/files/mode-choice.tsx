/** What a zone file does to the records that are there. */
"use client";
import { Radio } from "#components/ui/checkbox.tsx";

type Mode = "merge" | "replace";

interface ModeChoiceProps {
  mode: Mode;
  onMode: (mode: Mode) => void;
  /** Where the records come from that are added, and where a record is missing that is removed: `the file`. */
  added: string;
  missing: string;
}

export const ModeChoice = ({ mode, onMode, added, missing }: ModeChoiceProps) => (
  <fieldset className="grid gap-2">
    <legend className="mb-1.5 font-medium">Existing records</legend>
    <Radio
      name="mode"
      checked={mode === "merge"}
      onChange={() => onMode("merge")}
      label={`Keep them and add the records from ${added}`}
    />
    <Radio
      name="mode"
      checked={mode === "replace"}
      onChange={() => onMode("replace")}
      label={`Replace them: records missing from ${missing} are removed`}
    />
  </fieldset>
);
