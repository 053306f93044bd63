/** Every procedure with the guard it has to have. A new one is not served until it stands here. */

export interface Row {
  guard: string;
  /** Whether it changes something, and so leaves an audit entry. */
  writes: boolean;
  /** What the plan of the walk's sample needs beyond the guard. */
  plan?: "edit" | "full";
}

const row = (guard: string, writes = false, plan?: Row["plan"]): Row => ({ guard, writes, ...(plan ? { plan } : {}) });

export const procedureTable: Record<string, Row> = {
  "setup.status": row("anyone"),
  "setup.create": row("anyone", true),
  "users.me": row("signedIn"),
  "users.rename": row("signedIn", true),
  "users.password": row("signedIn", true),
  "users.sessions": row("signedIn"),
  "users.endOneSession": row("signedIn", true),
  "users.endSessions": row("signedIn", true),
  "users.list": row("staff(users:read)"),
  "users.create": row("staff(users:write)", true),
  "organisations.list": row("signedIn"),
  "organisations.create": row("can(org:create)", true),
  "organisations.open": row("inOrganisation(member)"),
  "organisations.edit": row("inOrganisation(admin)", true),
  "organisations.remove": row("inOrganisation(delete)", true),
  "organisations.members": row("inOrganisation(member)"),
  "organisations.addOne": row("inOrganisation(admin)", true),
  "organisations.changeRole": row("inOrganisation(admin)", true),
  "organisations.removeOne": row("inOrganisation(admin)", true),
  "organisations.leave": row("inOrganisation(member)", true),
  "organisations.handOverTo": row("inOrganisation(owner)", true),
  "organisations.invites": row("inOrganisation(admin)"),
  "organisations.revoke": row("inOrganisation(admin)", true),
  "organisations.ownInvites": row("signedIn"),
  "organisations.answer": row("signedIn", true),
  "dns.ownZones": row("signedIn"),
  "dns.list": row("inOrganisation(member)"),
  "dns.connections": row("inOrganisation(member)"),
  "dns.create": row("inOrganisation(admin)", true),
  "dns.open": row("inZone(view)"),
  "dns.refresh": row("inZone(view)"),
  "dns.records": row("inZone(view)"),
  "dns.rrsets": row("inZone(view)"),
  "dns.addRecord": row("inZone(edit)", true, "edit"),
  "dns.editRecord": row("inZone(view)", true, "edit"),
  "dns.removeRecord": row("inZone(view)", true, "full"),
  "dns.change": row("inZone(view)", true, "full"),
  "dns.history": row("inZone(view)"),
  "dns.historyOne": row("inZone(view)"),
  "dns.ladder": row("inZone(manage)"),
  "dns.setPermission": row("inZone(manage)", true),
  "dns.clearPermission": row("inZone(manage)", true),
};

/** The doors into the app: nothing else under app/ answers a request. */
export const mounts = [
  "app/api/[[...rest]]/route.ts",
  "app/api/auth/[...nextauth]/route.ts",
  "app/healthz/route.ts",
  "app/readyz/route.ts",
];
