/** Zone files of a zone: in and out. */
import { FilesPage } from "#components/zone/files/files-page.tsx";
import type { ZoneParams } from "#components/zone/zone-data.ts";

export default function Page(props: { params: Promise<ZoneParams> }) {
  return <FilesPage {...props} />;
}
