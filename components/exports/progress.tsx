/** How far an export is, while it is made. */
export function ExportProgress({ thousandths }: { thousandths: number }) {
  return <progress className="h-1.5 w-28 align-middle" aria-label="Progress" max={1000} value={thousandths} />;
}
