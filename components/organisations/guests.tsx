/** Guests of an organisation's zones, under its members. */
import { Ladder } from "#components/ui/ladder.tsx";
import { Table, TBody, Td, THead, Th, Tr } from "#components/ui/table.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import { Time } from "#components/ui/time.tsx";
import { stepsOfLevel, zonePath } from "#components/zone/zone-view.ts";
import type { Outputs } from "#lib/api/outputs.ts";
import { levelNames } from "./words.ts";

export interface GuestsProps {
  /** The organisation's handle. */
  organisation: string;
  page: Outputs["organisations"]["guests"];
  now: number;
}

export const Guests = ({ organisation, page, now }: GuestsProps) => (
  <section aria-label="Guests" className="mt-6">
    <h2 className="text-base font-semibold">Guests</h2>
    <p className="mt-0.5 mb-2 text-dim">
      {page.allowed
        ? "People outside the organisation with a level in a single zone. They are invited, changed and removed there, under Access."
        : "Guests are not allowed now: these levels give nothing until they are."}
    </p>
    <Table label="Guests" stack>
      <THead>
        <Th>Name</Th>
        <Th>E-mail</Th>
        <Th>Zone</Th>
        <Th>Level</Th>
        <Th>Until</Th>
      </THead>
      <TBody>
        {page.items.map(({ userId, name, email, zone, level, names, types, expiresAt, expired }) => (
          <Tr key={`${userId}/${zone.id}`}>
            <Td>
              <span className="font-medium">{name}</span>
            </Td>
            <Td label="E-mail" dim className="wrap-anywhere">
              {email}
            </Td>
            <Td label="Zone">
              <TextLink
                tone="plain"
                href={zonePath(organisation, zone.name.replace(/\.$/, ""))}
                className="font-mono wrap-anywhere"
              >
                {zone.displayName}
              </TextLink>
            </Td>
            <Td label="Level" className="whitespace-nowrap">
              <Ladder
                value={stepsOfLevel(level)}
                label={names.length + types.length > 0 ? `${levelNames[level]}, narrowed` : levelNames[level]}
              />
            </Td>
            <Td label="Until" dim>
              {expired && "ended "}
              {expiresAt !== null && <Time at={expiresAt} now={now} />}
            </Td>
          </Tr>
        ))}
      </TBody>
    </Table>
    {page.total > page.items.length && (
      <p className="mt-2 text-dim">
        The first {page.items.length} of {page.total.toLocaleString("en-GB")}. Each zone lists its own under Access.
      </p>
    )}
  </section>
);
