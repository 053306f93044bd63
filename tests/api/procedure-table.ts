/** Every procedure with the guard it has to have. A new one is not served until it stands here. */

export interface Row {
  guard: string;
  /** Whether it changes something, and so leaves an audit entry. */
  writes: boolean;
  /** Whether an API token may call it. */
  tokens: boolean;
  /** Whether it asks for a sign-in or confirmation within ten minutes. */
  fresh: boolean;
  /** Whether it opens to an account that still has to set up the second factor that a role asks for. */
  enrolling: boolean;
  /** What the plan of the walk's sample needs beyond the guard. */
  plan?: "edit" | "full";
  /** Permissions that the sample needs beyond the guard's own: a ceiling, a second right. */
  needs?: string[];
}

type Extras = Partial<Omit<Row, "guard" | "writes">>;

const plain = { tokens: false, fresh: false, enrolling: false };
const read = (guard: string, extras: Extras = {}): Row => ({ guard, writes: false, ...plain, ...extras });
const write = (guard: string, extras: Extras = {}): Row => ({ guard, writes: true, ...plain, ...extras });
/** In an organisation or a zone, where tokens may go as far as their rights do. */
const tokens = { tokens: true };

export const procedureTable: Record<string, Row> = {
  "setup.status": read("anyone"),
  "setup.create": write("anyone"),
  "links.askReset": write("anyone"),
  "links.openReset": read("anyone"),
  "links.reset": write("anyone"),
  "links.verify": write("anyone"),
  "links.askVerification": write("signedIn"),
  "links.askEmail": write("signedIn", { fresh: true }),
  "registration.ask": write("anyone"),
  "registration.open": read("anyone"),
  "registration.complete": write("anyone"),
  "users.me": read("signedIn", { ...tokens, enrolling: true }),
  "users.frame": read("signedIn"),
  "users.remove": write("signedIn", { fresh: true }),
  "users.rename": write("signedIn"),
  "users.password": write("signedIn", { fresh: true }),
  "users.dropPassword": write("signedIn", { fresh: true }),
  "users.sessions": read("signedIn"),
  "users.endOneSession": write("signedIn"),
  "users.endSessions": write("signedIn"),
  "factors.state": read("signedIn", { enrolling: true }),
  "factors.start": read("signedIn", { fresh: true, enrolling: true }),
  "factors.finish": write("signedIn", { fresh: true, enrolling: true }),
  "factors.remove": write("signedIn", { fresh: true }),
  "factors.renewCodes": write("signedIn", { fresh: true }),
  "factors.confirm": write("signedIn", { enrolling: true }),
  "passkeys.list": read("signedIn", { enrolling: true }),
  "passkeys.addOptions": read("signedIn", { fresh: true, enrolling: true }),
  "passkeys.add": write("signedIn", { fresh: true, enrolling: true }),
  "passkeys.rename": write("signedIn"),
  "passkeys.remove": write("signedIn", { fresh: true }),
  "passkeys.signInOptions": read("anyone"),
  "passkeys.confirmOptions": read("signedIn", { enrolling: true }),
  "passkeys.confirm": write("signedIn", { enrolling: true }),
  "accounts.list": read("staff(users:read)", tokens),
  "accounts.create": write("staff(users:write)"),
  "accounts.open": read("staff(users:read)", tokens),
  "accounts.edit": write("staff(users:write)", tokens),
  "accounts.verify": write("staff(users:write)"),
  "accounts.changeAddress": write("staff(admin:user:edit)", { fresh: true }),
  "accounts.resetLink": write("staff(admin:user:edit)", { fresh: true }),
  "accounts.suspend": write("staff(users:suspend)", tokens),
  "accounts.unsuspend": write("staff(users:suspend)", tokens),
  "accounts.remove": write("staff(users:delete)", { fresh: true }),
  "accounts.keep": write("staff(users:delete)"),
  "accounts.grants": read("staff(roles:read)"),
  "accounts.assign": write("staff(roles:assign)"),
  "accounts.theirSessions": read("staff(admin:user:edit)"),
  "accounts.signOut": write("staff(admin:user:edit)"),
  "accounts.signOutOne": write("staff(admin:user:edit)"),
  "accounts.clearPassword": write("staff(admin:user:edit)", { fresh: true }),
  "accounts.clearPasskeys": write("staff(admin:user:edit)", { fresh: true }),
  "accounts.clearPasskey": write("staff(admin:user:edit)", { fresh: true }),
  "accounts.clearFactors": write("staff(admin:user:edit)", { fresh: true }),
  "roles.permissions": read("signedIn", tokens),
  "roles.list": read("staff(roles:read or roles:create)"),
  "roles.open": read("staff(roles:read or roles:create)"),
  "roles.members": read("staff(roles:read or roles:create)"),
  "roles.create": write("staff(roles:create)", { needs: ["permissions:assign"] }),
  "roles.clone": write("staff(roles:create)", { needs: ["permissions:assign"] }),
  "roles.edit": write("staff(roles:write)"),
  "roles.remove": write("staff(roles:delete)"),
  "roles.grant": write("staff(permissions:assign)"),
  "roles.order": write("staff(roles:write)"),
  "roles.addOne": write("staff(roles:assign)"),
  "roles.removeOne": write("staff(roles:assign)"),
  "organisations.list": read("signedIn", tokens),
  "organisations.create": write("can(org:create)", tokens),
  "organisations.open": read("inOrganisation(member)", tokens),
  "organisations.edit": write("inOrganisation(admin)", tokens),
  "organisations.remove": write("inOrganisation(delete)", tokens),
  "organisations.members": read("inOrganisation(member)", tokens),
  "organisations.addOne": write("inOrganisation(admin)", tokens),
  "organisations.changeRole": write("inOrganisation(admin)", tokens),
  "organisations.removeOne": write("inOrganisation(admin)", tokens),
  "organisations.leave": write("inOrganisation(member)"),
  "organisations.handOverTo": write("inOrganisation(owner)", tokens),
  "organisations.invites": read("inOrganisation(admin)", tokens),
  "organisations.revoke": write("inOrganisation(admin)", tokens),
  "organisations.resend": write("inOrganisation(admin)", tokens),
  "organisations.guests": read("inOrganisation(member)", tokens),
  "invites.waiting": read("signedIn"),
  "invites.answer": write("signedIn"),
  "invites.look": read("anyone"),
  "invites.accept": write("signedIn"),
  "invites.decline": write("anyone"),
  "invites.register": write("anyone"),
  "tokens.list": read("can(apikeys:read)"),
  "tokens.create": write("can(apikeys:create)", { fresh: true }),
  "tokens.edit": write("can(apikeys:delete)"),
  "tokens.revoke": write("can(apikeys:delete)"),
  "tokens.all": read("staff(users:read)"),
  "tokens.listOf": read("staff(users:read)"),
  "tokens.revokeAnyones": write("staff(admin:user:edit)"),
  "dns.ownZones": read("signedIn", tokens),
  "dns.search": read("signedIn", tokens),
  "dns.list": read("inOrganisation(member)", tokens),
  "dns.connections": read("inOrganisation(member)", tokens),
  "dns.create": write("inOrganisation(admin)", tokens),
  "dns.open": read("inZone(view)", tokens),
  "dns.refresh": read("inZone(view)", tokens),
  "dns.records": read("inZone(view)", tokens),
  "dns.rrsets": read("inZone(view)", tokens),
  "dns.lookup": read("inZone(view)", tokens),
  "dns.addRecord": write("inZone(edit)", { ...tokens, plan: "edit" }),
  "dns.editRecord": write("inZone(view)", { ...tokens, plan: "edit" }),
  "dns.removeRecord": write("inZone(view)", { ...tokens, plan: "full" }),
  "dns.change": write("inZone(view)", { ...tokens, plan: "full" }),
  "dns.history": read("inZone(view)", tokens),
  "dns.historyOne": read("inZone(view)", tokens),
  "dns.revert": write("inZone(view)", { ...tokens, plan: "full" }),
  "dns.restore": write("inZone(view)", { ...tokens, plan: "full" }),
  "dns.ladder": read("inZone(manage)", tokens),
  "dns.setPermission": write("inZone(manage)", tokens),
  "dns.clearPermission": write("inZone(manage)", tokens),
  "dns.inviteOne": write("inZone(manage)", tokens),
  "dns.invites": read("inZone(manage)", tokens),
  "dns.resendInvite": write("inZone(manage)", tokens),
  "dns.revokeInvite": write("inZone(manage)", tokens),
  "dns.leave": write("inZone(view)"),
};

/** The doors into the app: nothing else under app/ answers a request. */
export const mounts = [
  "app/api/[[...rest]]/route.ts",
  "app/api/auth/[...nextauth]/route.ts",
  "app/healthz/route.ts",
  "app/readyz/route.ts",
];
