/** Everything that one can do. REST, the browser's client, server components and the tests are projections of it. */

import * as staffAnnouncements from "#lib/announcements/admin-procedures.ts";
import * as announcements from "#lib/announcements/procedures.ts";
import * as databaseHosts from "#lib/databases/admin-procedures.ts";
import * as serverDatabases from "#lib/databases/procedures.ts";
import * as dnsBulk from "#lib/dns/bulk/procedures.ts";
import * as dnsClaims from "#lib/dns/claims/procedures.ts";
import * as dnsConnections from "#lib/dns/connections/procedures.ts";
import * as dnsDnssec from "#lib/dns/dnssec/procedures.ts";
import * as dnsHealth from "#lib/dns/health/procedures.ts";
import * as dnsHistory from "#lib/dns/history-procedures.ts";
import * as dnsLookup from "#lib/dns/lookup-procedures.ts";
import * as dns from "#lib/dns/procedures.ts";
import * as dnsSearch from "#lib/dns/search/procedures.ts";
import * as dnsTemplates from "#lib/dns/templates/procedures.ts";
import * as dnsBundle from "#lib/dns/transfer/bundle/procedures.ts";
import * as dnsTransfer from "#lib/dns/transfer/procedures.ts";
import * as dnsTurn from "#lib/dns/turn-procedures.ts";
import * as dnsZones from "#lib/dns/zone-procedures.ts";
import * as eggs from "#lib/eggs/procedures.ts";
import * as staffExports from "#lib/exports/admin-procedures.ts";
import * as exports from "#lib/exports/procedures.ts";
import * as factors from "#lib/factors/procedures.ts";
import * as staffFeedback from "#lib/feedback/admin-procedures.ts";
import * as feedback from "#lib/feedback/procedures.ts";
import * as invites from "#lib/invites/procedures.ts";
import * as links from "#lib/links/procedures.ts";
import * as logs from "#lib/log/procedures.ts";
import * as outbox from "#lib/mail/admin-procedures.ts";
import * as metrics from "#lib/metrics/procedures.ts";
import * as mounts from "#lib/mounts/procedures.ts";
import * as serverMounts from "#lib/mounts/server-procedures.ts";
import * as nodes from "#lib/nodes/procedures.ts";
import * as remote from "#lib/nodes/remote/procedures.ts";
import * as organisations from "#lib/organisations/procedures.ts";
import * as organisationsOfAll from "#lib/organisations/staff-procedures.ts";
import * as passkeys from "#lib/passkeys/procedures.ts";
import * as registration from "#lib/registration/procedures.ts";
import * as roles from "#lib/roles/procedures.ts";
import * as rollouts from "#lib/rollouts/procedures.ts";
import * as serverActivity from "#lib/servers/activity/procedures.ts";
import * as remoteActivity from "#lib/servers/activity/remote-procedures.ts";
import * as staffServers from "#lib/servers/admin-procedures.ts";
import * as serverBackups from "#lib/servers/backups/procedures.ts";
import * as remoteBackups from "#lib/servers/backups/remote-procedures.ts";
import * as serverConsole from "#lib/servers/console-procedures.ts";
import * as serverFiles from "#lib/servers/files/procedures.ts";
import * as serverPeople from "#lib/servers/people/procedures.ts";
import * as servers from "#lib/servers/procedures.ts";
import * as remoteServers from "#lib/servers/remote-procedures.ts";
import * as serverSchedules from "#lib/servers/schedules/procedures.ts";
import * as serverSftp from "#lib/servers/sftp/procedures.ts";
import * as remoteSftp from "#lib/servers/sftp/remote-procedures.ts";
import * as staffTransfers from "#lib/servers/transfer/procedures.ts";
import * as remoteTransfers from "#lib/servers/transfer/remote-procedures.ts";
import * as settings from "#lib/settings/procedures.ts";
import * as setup from "#lib/setup/procedures.ts";
import * as shortUrls from "#lib/short-urls/admin-procedures.ts";
import * as soc from "#lib/soc/procedures.ts";
import * as sshKeys from "#lib/ssh-keys/procedures.ts";
import * as staff from "#lib/staff/procedures.ts";
import * as tokens from "#lib/tokens/procedures.ts";
import * as accounts from "#lib/users/admin-procedures.ts";
import * as staffDeletions from "#lib/users/deletion-procedures.ts";
import * as users from "#lib/users/procedures.ts";

export const router = {
  setup,
  links,
  registration,
  users,
  accounts,
  factors,
  passkeys,
  roles,
  soc,
  staff,
  tokens,
  organisations: { ...organisations, ...organisationsOfAll },
  invites,
  logs,
  metrics,
  settings,
  outbox,
  announcements,
  staffAnnouncements,
  exports,
  staffExports,
  staffDeletions,
  shortUrls,
  feedback,
  staffFeedback,
  rollouts,
  eggs,
  mounts,
  nodes,
  remote: { configure: remote.configure, ...remoteActivity, ...remoteSftp },
  sshKeys,
  remoteServers,
  remoteBackups,
  remoteTransfers,
  servers: {
    ...servers,
    backups: serverBackups,
    databases: serverDatabases,
    files: serverFiles,
    people: serverPeople,
    console: serverConsole,
    sftp: serverSftp,
    activity: serverActivity,
    schedules: serverSchedules,
    mounts: serverMounts,
  },
  databaseHosts,
  staffServers: { ...staffServers, transfer: staffTransfers },
  dns: {
    ...dns,
    ...dnsConnections,
    ...dnsHistory,
    ...dnsLookup,
    ...dnsTurn,
    ...dnsZones,
    ...dnsSearch,
    ...dnsTemplates,
    ...dnsBulk,
    ...dnsTransfer,
    ...dnsBundle,
    ...dnsClaims,
    ...dnsDnssec,
    ...dnsHealth,
  },
};

export type Router = typeof router;
