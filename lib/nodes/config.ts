/** The daemon's configuration, as `wings configure` takes it (JSON) and as it is pasted (YAML). */
import { stringify } from "yaml";
import { env } from "#lib/env.ts";
import { sourcesOn } from "#lib/mounts/sources.ts";
import { type NodeRow, tokenOf } from "./credentials.ts";

/** Everything that has no default of its own that is right. Holds the node's secret. */
export const configOf = (node: NodeRow) => ({
  debug: false,
  uuid: node.id,
  token_id: node.tokenId,
  token: tokenOf(node),
  api: {
    host: "0.0.0.0",
    port: node.listenPort,
    ssl: {
      enabled: node.scheme === "https" && node.behindProxy === 0,
      cert: `/etc/letsencrypt/live/${node.fqdn}/fullchain.pem`,
      key: `/etc/letsencrypt/live/${node.fqdn}/privkey.pem`,
    },
    upload_limit: node.uploadLimit,
    // What it fetched for people it would fetch from within its own network.
    disable_remote_download: true,
  },
  system: { data: node.dataDirectory, sftp: { bind_port: node.sftpPort } },
  // Read from the file alone, when the daemon starts.
  allowed_mounts: sourcesOn(node.id),
  // To the letter what browsers send as their origin: the daemon lets no other page near a console.
  remote: env().origin,
});

export const configText = (node: NodeRow): string => stringify(configOf(node));

/** Where the daemon is reached. */
export const baseOf = ({ scheme, fqdn, port }: Pick<NodeRow, "scheme" | "fqdn" | "port">): string =>
  `${scheme}://${fqdn.includes(":") ? `[${fqdn}]` : fqdn}:${port}`;
