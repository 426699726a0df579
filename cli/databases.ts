import type { Environment } from "../config/environment.ts";
import { containerName } from "../core/names.ts";
import type { Plan } from "../core/plan.ts";
import { roleSecret, SUPERUSER_PASSWORD } from "../core/secrets.ts";
import { servicesOf } from "../core/spec.ts";
import { USERS } from "../core/users.ts";
import type { Target } from "./target.ts";

const MIGRATION_CONNECTIONS = 2;

/**
 * A role and a database for one app. psql reads the password from the container's own secret file, so it
 * is in no argument and no log.
 */
const ENSURE_ROLE = `
\\set ON_ERROR_STOP on
set log_min_error_statement = panic;
\\set password \`cat "$PASSWORD_FILE"\`
select format('create role %I login', :'role')
  where not exists (select from pg_roles where rolname = :'role') \\gexec
alter role :"role" with password :'password' connection limit :connections;
alter role :"role" set statement_timeout = :statement_timeout;
select format('create database %I owner %I', :'role', :'role')
  where not exists (select from pg_database where datname = :'role') \\gexec
revoke all on database :"role" from public;
-- Off only while a restore puts another in its place; one that was killed leaves it off.
alter database :"role" allow_connections true;
`;

const SET_SUPERUSER_PASSWORD = `
\\set ON_ERROR_STOP on
set log_min_error_statement = panic;
\\set password \`cat "$PASSWORD_FILE"\`
alter role postgres password :'password';
`;

/** What an app's slots hold together, and room for a migration or an operator. */
function connectionLimit({ slots }: Plan, app: string): number {
  const held = slots
    .filter(({ service }) => service === app)
    .reduce((sum, slot) => sum + slot.poolConnections, 0);
  return held + MIGRATION_CONNECTIONS;
}

/** Runs SQL as the superuser in Postgres' container; it reads a password from one of its secret files. */
async function psql(
  { environment, target }: { environment: Environment; target: Target },
  input: string,
  { secret, variables = [] }: { secret: string; variables?: readonly string[] },
): Promise<void> {
  for (const [postgres] of servicesOf(environment.services, "postgres")) {
    await target.docker(
      [
        ...["exec", "--interactive", `--user=${USERS.postgres.uid}`],
        `--env=PASSWORD_FILE=/run/secrets/${secret}`,
        containerName(environment, postgres),
        ...["psql", "--no-psqlrc", "--quiet", "--username=postgres", "--dbname=postgres"],
        ...variables.map((variable) => `--set=${variable}`),
      ],
      { input },
    );
  }
}

/** Makes the role and the database of every app that lacks them; sets the passwords to those in the secrets. */
export async function ensureDatabases(
  environment: Environment,
  target: Target,
  plan: Plan,
): Promise<void> {
  for (const [app] of servicesOf(environment.services, "app")) {
    const variables = [
      `role=${app}`,
      `connections=${connectionLimit(plan, app)}`,
      `statement_timeout=${plan.timeouts.statementMs}`,
    ];
    await psql({ environment, target }, ENSURE_ROLE, { secret: roleSecret(app), variables });
  }
}

/** Sets the superuser's password to the one in its secret. */
export async function setSuperuserPassword(
  environment: Environment,
  target: Target,
): Promise<void> {
  await psql({ environment, target }, SET_SUPERUSER_PASSWORD, { secret: SUPERUSER_PASSWORD });
}
