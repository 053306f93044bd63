/** What every list of mounts says of one: its name, its folder on the node, and where servers see it. */
import { Td, Th } from "#components/ui/table.tsx";

export const MountHeads = ({ sources = true }: { sources?: boolean }) => (
  <>
    <Th>Name</Th>
    {sources && <Th>Folder of the node</Th>}
    <Th>Seen at</Th>
  </>
);

export interface MountCellsProps {
  /** `source`: null is not told, and takes no column. */
  mount: { name: string; source: string | null; target: string };
}

export const MountCells = ({ mount: { name, source, target } }: MountCellsProps) => (
  <>
    <Td className="wrap-anywhere">{name}</Td>
    {source !== null && (
      <Td label="Folder of the node" mono dim className="wrap-anywhere sm:min-w-[180px]">
        <Path path={source} />
      </Td>
    )}
    <Td label="Seen at" mono className="wrap-anywhere sm:min-w-[180px]">
      <Path path={target} />
    </Td>
  </>
);

/** Long ones go on in the next line after a slash. */
const Path = ({ path }: { path: string }) =>
  path.split("/").map((part, place, all) => (
    <span key={all.slice(0, place + 1).join("/")}>
      {place > 0 && (
        <>
          /<wbr />
        </>
      )}
      {part}
    </span>
  ));
