/** A copy of what the panel holds about one. */
import { Badge } from "#components/ui/badge.tsx";
import { buttonClass } from "#components/ui/button-class.ts";
import { Panel } from "#components/ui/panel.tsx";
import { Table, TBody, Td, THead, Th, Tr } from "#components/ui/table.tsx";
import { Time } from "#components/ui/time.tsx";
import { load } from "#lib/api/caller.ts";
import { AskForData, CancelExport, DeleteExport, Watch } from "./own-actions.tsx";
import { ExportProgress } from "./progress.tsx";
import { inOctets, STATES } from "./words.ts";

export async function YourData() {
  const { items } = await load((api) => api.exports.own({}));
  const now = Date.now();
  const busy = items.some(({ state }) => state === "queued" || state === "running");
  return (
    <div className="flex max-w-[760px] flex-col gap-5">
      <Panel
        title="Your data"
        description="A copy of everything this panel holds about your account, as a ZIP of JSON and CSV files. It leaves out passwords, keys and token secrets. You can request one a day."
        actions={<AskForData />}
        flush={items.length > 0}
      >
        {items.length > 0 && (
          <Table label="Exports of your data" stack className="rounded-none border-0">
            <THead>
              <Th>Requested</Th>
              <Th>State</Th>
              <Th>Size</Th>
              <Th>Available until</Th>
              <Th hidden>Actions</Th>
            </THead>
            <TBody>
              {items.map(({ id, state, progress, message, size, createdAt, expiresAt, byStaff }) => (
                <Tr key={id}>
                  <Td>
                    <Time at={createdAt} now={now} />
                    {byStaff && <span className="text-dim"> by staff</span>}
                  </Td>
                  <Td label="State">
                    <Badge tone={STATES[state].tone}>{STATES[state].label}</Badge>{" "}
                    {state === "running" && <ExportProgress thousandths={progress} />}
                    {message && <span className="block text-dim">{message}</span>}
                  </Td>
                  <Td label="Size" dim>
                    {size > 0 ? inOctets(size) : ""}
                  </Td>
                  <Td label="Available until" dim>
                    {state === "ready" && expiresAt !== null && <Time at={expiresAt} now={now} />}
                  </Td>
                  <Td align="end" className="whitespace-nowrap">
                    {state === "ready" && (
                      <>
                        <a href={`/api/account/exports/${id}/file`} download className={buttonClass({ size: "sm" })}>
                          Download
                        </a>{" "}
                        <DeleteExport id={id} />
                      </>
                    )}
                    {(state === "queued" || state === "running") && <CancelExport id={id} />}
                  </Td>
                </Tr>
              ))}
            </TBody>
          </Table>
        )}
      </Panel>
      {busy && <Watch />}
    </div>
  );
}
