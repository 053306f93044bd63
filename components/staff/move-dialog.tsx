/** Where a server can move, what does not travel with it, and where it has been. */
"use client";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Badge, type Tone } from "#components/ui/badge.tsx";
import { Banner } from "#components/ui/banner.tsx";
import { Button } from "#components/ui/button.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { Dialog, DialogClose, DialogFooter } from "#components/ui/dialog.tsx";
import { Field, FieldGroup } from "#components/ui/field.tsx";
import { Form } from "#components/ui/form.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { Submit } from "#components/ui/submit.tsx";
import { Time } from "#components/ui/time.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { Outputs } from "#lib/api/outputs.ts";

type Preview = Outputs["staffServers"]["transfer"]["open"];

/** More than the panel tells at once. */
const MANY = 99;

interface MoveDialogProps {
  server: { id: string; name: string };
  preview: Preview;
  look: (query: { q: string; node: string | null }) => Promise<void>;
  now: number;
  onClose: () => void;
}

export function MoveDialog({ server, preview, look, now, onClose }: MoveDialogProps) {
  const router = useRouter();
  const [node, setNode] = useState("");
  const [q, setQ] = useState("");
  const { notNow, targets, free, addresses, backups, moves } = preview;
  const find = (query: { q: string; node: string }) =>
    look({ q: query.q, node: query.node === "" ? null : query.node });
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={`Move ${server.name} to another node`} keepOpen>
      <Form
        call={(api, values) =>
          api.staffServers.transfer.begin({
            server: server.id,
            node: values("node") === "" ? null : values("node"),
            allocations: values("allocations") === "" ? [] : [values("allocations")],
            losesBackups: values("losesBackups") === "on",
          })
        }
        onDone={() => {
          toast(`${server.name} is moving`);
          onClose();
          router.refresh();
        }}
      >
        {({ errors, pending, banner }) => (
          <>
            <FieldGroup>
              {banner}
              {notNow !== null && (
                <Banner tone="warn" title="It cannot move now">
                  {notNow}
                </Banner>
              )}
              {(q !== "" || targets.length >= MANY) && (
                <Field label="Find a node" optional>
                  <Input
                    value={q}
                    autoComplete="off"
                    onChange={({ target }) => {
                      setQ(target.value);
                      setNode("");
                      void find({ q: target.value.trim(), node: "" });
                    }}
                  />
                </Field>
              )}
              <Field label="Node" error={errors.node}>
                <Select
                  name="node"
                  value={node}
                  placeholder="Wherever there is most room"
                  options={targets.map(({ id, name, location, problem }) => ({
                    value: id,
                    label: [name, location].filter((one) => one !== "").join(", ") + (problem ? ` – ${problem}` : ""),
                    disabled: problem !== null,
                  }))}
                  onChange={({ target }) => {
                    setNode(target.value);
                    void find({ q, node: target.value });
                  }}
                />
              </Field>
              {node !== "" && (
                <Field
                  label="Main address there"
                  error={errors.allocations}
                  hint={addresses.length > 1 && "The others are chosen: the same ports where they are free."}
                >
                  <Select
                    name="allocations"
                    mono
                    placeholder="The same port, or one that is free"
                    options={free.map(({ id, address, alias }) => ({
                      value: id,
                      label: alias ? `${address} (${alias})` : address,
                    }))}
                  />
                </Field>
              )}
              <Stays preview={preview} />
              {backups.all > 0 && (
                <Checkbox
                  name="losesBackups"
                  label={backups.all === 1 ? "Its backup may be deleted" : `Its ${backups.all} backups may be deleted`}
                  hint={errors.losesBackups && <span className="text-bad">{errors.losesBackups}</span>}
                  aria-invalid={errors.losesBackups !== undefined}
                />
              )}
              {moves.length > 0 && <Moves moves={moves} now={now} />}
            </FieldGroup>
            <DialogFooter>
              <DialogClose>
                <Button>Cancel</Button>
              </DialogClose>
              {notNow === null && <Submit pending={pending}>Move it</Submit>}
            </DialogFooter>
          </>
        )}
      </Form>
    </Dialog>
  );
}

function Stays({ preview: { addresses, backups } }: { preview: Preview }) {
  return (
    <ul className="flex list-disc flex-col gap-1 ps-5 text-dim">
      <li>All of its files travel. If it runs now it is stopped, and started again afterwards.</li>
      <li>
        {addresses.length === 0 ? (
          "It has no address, and gets none there."
        ) : (
          <>
            Other addresses take the place of <span className="font-mono text-text">{addresses.join(", ")}</span>.
          </>
        )}
      </li>
      {backups.all > 0 && (
        <li>
          {backups.all === 1 ? "Its backup lies" : `Its ${backups.all} backups lie`} on the node’s own disk,{" "}
          {backups.locked > 0 && `${backups.locked} of them locked, `}and{" "}
          {backups.all === 1 ? "is deleted there" : "are deleted there"} once it has moved.
        </li>
      )}
      <li>
        Databases, schedules and sub-users stay as they are, and mounts where they are for that node too. Open consoles
        and SFTP sessions end.
      </li>
    </ul>
  );
}

const STATES: Readonly<Record<Preview["moves"][number]["state"], { tone: Tone; word: string }>> = {
  going: { tone: "accent", word: "Moving" },
  moved: { tone: "ok", word: "Moved" },
  failed: { tone: "bad", word: "Failed" },
  cancelled: { tone: "neutral", word: "Called off" },
  interrupted: { tone: "warn", word: "Interrupted" },
};

const Moves = ({ moves, now }: { moves: Preview["moves"]; now: number }) => (
  <div>
    <h3 className="mb-1.5 font-semibold">Earlier moves</h3>
    <ul className="flex flex-col gap-2">
      {moves.slice(0, 5).map(({ id, state, from, to, problem, by, startedAt, endedAt, cleared }) => (
        <li key={id} className="wrap-anywhere">
          <Badge tone={STATES[state].tone}>{STATES[state].word}</Badge> {from.name} → {to.name}
          <p className="text-dim">
            <Time at={startedAt} now={now} />
            {by && `, ${by.name}`}
          </p>
          {problem !== null && <p className="text-dim">{problem}</p>}
          {endedAt !== null && !cleared && (
            <p className="text-warn">{state === "moved" ? from.name : to.name} has yet to delete what is left there.</p>
          )}
        </li>
      ))}
    </ul>
  </div>
);
