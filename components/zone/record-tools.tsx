/** Search, and a chip for each type that there is. */
import { Chip } from "#components/ui/chip.tsx";
import { type ListState, listHref } from "#components/ui/list-state.ts";
import { SearchField } from "#components/ui/search-field.tsx";

export interface RecordToolsProps {
  list: ListState;
  /** Without counts where they are too many to count. */
  types: readonly { type: string; count: number | null }[];
}

export function RecordTools({ list, types }: RecordToolsProps) {
  const chosen = list.filters.type?.toUpperCase() ?? "";
  const all = types.reduce((sum, row) => sum + (row.count ?? 0), 0);
  const counted = types.every((row) => row.count !== null);
  const shown =
    chosen === "" || types.some((row) => row.type === chosen) ? types : [...types, { type: chosen, count: 0 }];
  return (
    <>
      <SearchField label="Filter by name or content" />
      <nav
        aria-label="Types"
        className="tab-strip -m-1 flex min-w-0 gap-2 p-1 max-sm:w-full sm:flex-1 sm:basis-40 sm:flex-wrap sm:overflow-visible sm:[mask-image:none]"
      >
        <Chip href={listHref(list, { filters: { type: "" } })} on={chosen === ""}>
          {counted ? `All ${all}` : "All"}
        </Chip>
        {shown.map(({ type, count }) => (
          <Chip key={type} href={listHref(list, { filters: { type } })} on={type === chosen}>
            {count === null ? type : `${type} ${count}`}
          </Chip>
        ))}
      </nav>
    </>
  );
}
