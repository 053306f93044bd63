/** How far an export is, while it is made. */
export function ExportProgress({ thousandths }: { thousandths: number }) {
  return (
    <progress className="h-2 w-28 align-middle accent-accent" aria-label="Progress" max={1000} value={thousandths} />
  );
}
