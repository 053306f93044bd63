/** What all servers of a node use. */
import { readOctets } from "#lib/dns/providers/http-call.ts";
import { BEATS } from "#lib/nodes/daemon.ts";
import { type NodeAddress, opened } from "./call.ts";

/** As the daemon says it, unread: it holds secrets of its servers, and is for the thread that picks their use out of it. */
export const readUse = (node: NodeAddress, maxBytes: number): Promise<Buffer<ArrayBuffer>> =>
  opened(node, { ...BEATS, method: "GET", path: "/api/servers", maxBytes }, {}, (response) =>
    readOctets(response, maxBytes),
  );
