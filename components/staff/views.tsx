/** The one map from a tab to what draws it: each is loaded when it is opened, and no other with it. */
"use client";
import dynamic from "next/dynamic";
import type { ComponentType } from "react";
import type { TabId } from "#lib/staff/tabs.ts";
import type { TabProps } from "./tab-props.ts";

const views: { [K in TabId]: ComponentType<TabProps<K>> } = {
  users: dynamic(() => import("./users.tsx"), { loading: () => null }),
  organisations: dynamic(() => import("./organisations.tsx"), { loading: () => null }),
  deletions: dynamic(() => import("./deletions.tsx"), { loading: () => null }),
  "export-jobs": dynamic(() => import("./export-jobs.tsx"), { loading: () => null }),
  announcements: dynamic(() => import("./announcements.tsx"), { loading: () => null }),
  "outbound-emails": dynamic(() => import("./outbound-emails.tsx"), { loading: () => null }),
  "short-urls": dynamic(() => import("./short-urls.tsx"), { loading: () => null }),
  feedback: dynamic(() => import("./feedback.tsx"), { loading: () => null }),
  roles: dynamic(() => import("./roles.tsx"), { loading: () => null }),
  servers: dynamic(() => import("./servers.tsx"), { loading: () => null }),
  nodes: dynamic(() => import("./nodes.tsx"), { loading: () => null }),
  eggs: dynamic(() => import("./eggs.tsx"), { loading: () => null }),
  databases: dynamic(() => import("./databases.tsx"), { loading: () => null }),
  metrics: dynamic(() => import("./metrics.tsx"), { loading: () => null }),
  logs: dynamic(() => import("./logs.tsx"), { loading: () => null }),
  settings: dynamic(() => import("./settings.tsx"), { loading: () => null }),
  rollouts: dynamic(() => import("./rollouts.tsx"), { loading: () => null }),
};

export function StaffView<K extends TabId>(props: TabProps<K>) {
  const View = views[props.tab] as ComponentType<TabProps<K>>;
  return <View {...props} />;
}
