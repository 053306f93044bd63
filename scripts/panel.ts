/** `npm run panel -- …`: what whoever has a shell on the machine can do. */
import { db } from "#db/client.ts";
import { migrate } from "#db/migrate.ts";
import { type Actor, systemActor } from "#lib/actor.ts";
import { isProblem } from "#lib/api/errors.ts";
import { BackupError } from "#lib/backup/file.ts";
import { OtherSecretError } from "#lib/crypto/secret.ts";
import { EnvError } from "#lib/env.ts";
import { ensureBuiltInRoles } from "#lib/roles/roles.ts";
import { listSettings, setSettingFromText } from "#lib/settings/settings.ts";
import { makeResetLink } from "#lib/users/administration.ts";
import { listAccounts } from "#lib/users/directory.ts";
import { accountByEmail, createAccount, emailAddress, newPassword, personName } from "#lib/users/users.ts";
import { CommandError, option, readSecret } from "./command.ts";
import { backupCommand, doctorCommand, keepingUsage, rekeyCommand, restoreCommand } from "./panel-keeping.ts";
import { promoteOrDemote, roleCommand, roleUsage } from "./panel-roles.ts";
import { tokenCommand, tokenUsage } from "./panel-token.ts";

const usage = `Usage: npm run panel -- COMMAND

${roleUsage}
${tokenUsage}
  users                         list accounts
  users add EMAIL [--name NAME] make an account; asks for the password, or reads it from standard input
  reset-password EMAIL          print a link with which somebody sets a new password
  settings                      list the panel's settings
  settings KEY VALUE            change one
  migrate                       bring the database to this version
${keepingUsage}`;

try {
  await main(process.argv.slice(2));
} catch (error) {
  const expected =
    error instanceof CommandError ||
    error instanceof EnvError ||
    error instanceof BackupError ||
    error instanceof OtherSecretError ||
    (error instanceof Error && error.name === "StartError") ||
    isProblem(error);
  console.error(expected ? error.message : error);
  process.exitCode = 1;
}

async function main(args: string[]): Promise<void> {
  const [command, ...rest] = args;
  if (!command || command === "help" || command === "--help") return console.log(usage);
  // These look at the database as it is, or have it to themselves.
  if (command === "backup") return backupCommand(rest);
  if (command === "restore") return restoreCommand(rest);
  if (command === "rekey") return rekeyCommand();
  if (command === "doctor") return doctorCommand(rest);
  // Large work of the server leaves gaps that are short, and a command can wait for one.
  db().$client.pragma("busy_timeout = 60000");
  migrate(db());
  db().transaction((tx) => ensureBuiltInRoles(tx), { behavior: "immediate" });
  const actor: Actor = systemActor(`panel.${command}`, "command line");
  if (command === "promote" || command === "demote") return promoteOrDemote(command, rest, actor);
  if (command === "role") return roleCommand(rest, actor);
  if (command === "token") return tokenCommand(rest, actor);
  if (command === "users") return rest[0] === "add" ? addUser(rest.slice(1), actor) : users();
  if (command === "reset-password") return resetPassword(rest, actor);
  if (command === "settings") return settings(rest, actor);
  if (command === "migrate") return console.log("The database is at this version.");
  throw new CommandError(`There is no command ${command}.\n\n${usage}`);
}

async function addUser(args: string[], actor: Actor): Promise<void> {
  const name = option(args, "--name");
  const email = emailAddress.safeParse(args[0] ?? "");
  if (!email.success) throw new CommandError(email.error.issues[0]?.message ?? "Enter an e-mail address.");
  const called = personName.safeParse(name ?? email.data.split("@")[0]);
  if (!called.success) throw new CommandError(called.error.issues[0]?.message ?? "Enter a name.");
  const password = newPassword.safeParse(await readSecret("Password: "));
  if (!password.success) throw new CommandError(password.error.issues[0]?.message ?? "This password cannot be used.");
  const account = await createAccount({ email: email.data, name: called.data, password: password.data }, actor);
  console.log(`${account.email} can sign in now.`);
}

function resetPassword([email]: string[], actor: Actor): void {
  if (!email) throw new CommandError("Whose? npm run panel -- reset-password EMAIL");
  const account = accountByEmail(email);
  if (!account) throw new CommandError(`There is no account with the e-mail address ${email}.`);
  const { url } = makeResetLink(account.id, actor);
  console.log(`${account.email} can set a new password here, once, within an hour:\n${url}`);
}

function users(): void {
  for (let at: string | undefined; ; ) {
    const { items, next } = listAccounts({ at, perPage: 200, sort: "email", q: "" });
    for (const { email, name, roles, suspended } of items) {
      console.log([email, name, roles.join(", ") || "(no role)", ...(suspended ? ["suspended"] : [])].join("\t"));
    }
    if (next === null) return;
    at = next;
  }
}

function settings([key, value]: string[], actor: Actor): void {
  if (key !== undefined && value !== undefined) {
    const problem = setSettingFromText(key, value, actor);
    if (problem) throw new CommandError(problem);
  }
  for (const row of listSettings())
    if (key === undefined || row.key === key) console.log(`${row.key} = ${JSON.stringify(row.value)}`);
}
