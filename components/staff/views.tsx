/** The one map from a tab to what draws it: each is loaded when it is opened, and no other with it. */
"use client";
import dynamic from "next/dynamic";
import type { ComponentType } from "react";
import type { TabId } from "#lib/staff/tabs.ts";
import type { TabProps } from "./tab-props.ts";

const views: { [K in TabId]: ComponentType<TabProps<K>> } = {
  users: dynamic(() => import("./users.tsx")),
  organisations: dynamic(() => import("./organisations.tsx")),
  deletions: dynamic(() => import("./deletions.tsx")),
  "export-jobs": dynamic(() => import("./export-jobs.tsx")),
  announcements: dynamic(() => import("./announcements.tsx")),
  "outbound-emails": dynamic(() => import("./outbound-emails.tsx")),
  "short-urls": dynamic(() => import("./short-urls.tsx")),
  feedback: dynamic(() => import("./feedback.tsx")),
  roles: dynamic(() => import("./roles.tsx")),
  servers: dynamic(() => import("./servers.tsx")),
  nodes: dynamic(() => import("./nodes.tsx")),
  eggs: dynamic(() => import("./eggs.tsx")),
  databases: dynamic(() => import("./databases.tsx")),
  metrics: dynamic(() => import("./metrics.tsx")),
  logs: dynamic(() => import("./logs.tsx")),
  settings: dynamic(() => import("./settings.tsx")),
  rollouts: dynamic(() => import("./rollouts.tsx")),
};

export function StaffView<K extends TabId>(props: TabProps<K>) {
  const View = views[props.tab] as ComponentType<TabProps<K>>;
  return <View {...props} />;
}
