/** The editor's keys. */
"use client";
import { Dialog } from "#components/ui/dialog.tsx";
import { Kbd } from "#components/ui/kbd.tsx";

const groups: readonly (readonly [string, readonly (readonly [keys: string, what: string])[]])[] = [
  [
    "Anywhere",
    [
      ["n", "Add a record"],
      ["/", "Search; ↓ goes on to the rows"],
      ["mod V", "Add pasted zone-file lines to the draft"],
      ["mod Z", "Undo in the draft"],
      ["⇧ mod Z", "Redo"],
      ["mod ↵", "Review the draft"],
      ["?", "These keys"],
    ],
  ],
  [
    "On a row",
    [
      ["↑ ↓", "Move"],
      ["e or ↵", "Edit"],
      ["t", "Edit the TTL"],
      ["⌫", "Remove"],
      ["x", "Select; with ⇧ ↑ ↓ several"],
      ["mod A", "Select all of this page"],
      ["mod C", "Copy what is selected as zone-file lines"],
    ],
  ],
  [
    "In the form",
    [
      ["↵", "Save to the draft"],
      ["⇧ ↵", "Save and add another"],
      ["mod ↵", "Save and review"],
      ["esc", "Leave it as it was"],
    ],
  ],
];

export function KeysDialog({ onClose }: { onClose: () => void }) {
  const mod = /Mac|iPhone|iPad/.test(navigator.userAgent) ? "⌘" : "ctrl";
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title="Keys" size="lg">
      <div className="grid gap-x-8 gap-y-4 sm:grid-cols-2">
        {groups.map(([title, keys]) => (
          <section key={title}>
            <h3 className="mb-1 text-xs font-medium text-dim">{title}</h3>
            <dl className="grid grid-cols-[88px_minmax(0,1fr)] gap-y-1">
              {keys.map(([combination, what]) => (
                <div key={combination} className="contents">
                  <dt className="flex flex-wrap items-start gap-1">
                    {combination
                      .split(" ")
                      .map((part) =>
                        part === "or" ? (
                          <span key={part}>or</span>
                        ) : (
                          <Kbd key={part}>{part === "mod" ? mod : part}</Kbd>
                        ),
                      )}
                  </dt>
                  <dd>{what}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
