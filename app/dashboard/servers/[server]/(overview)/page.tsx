/** How a server is. */
import { Overview } from "#components/servers/overview.tsx";

type Props = { params: Promise<{ server: string }> };

export default async function Page({ params }: Props) {
  return <Overview server={(await params).server} />;
}
