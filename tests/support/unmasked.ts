/** Staff who went visible: what privacy mode hides is shown to them. */
import type { Panel, Person } from "./panel.ts";

export const unmasked = (panel: Panel, person: Person): Person => {
  const cookie = `${person.cookie}; eclipanel_admin_privacy=visible`;
  return { ...person, cookie, call: (method, target, body) => panel.call(method, target, body, { cookie }) };
};
