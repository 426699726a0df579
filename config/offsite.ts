import { z } from "zod";

const HOST = String.raw`(?:[\w.-]+|\[[\da-fA-F:]+\])`;
const USER = String.raw`[\w.-]+`;
/** No word of a shell, an option or a mount is in it. */
const NAME = String.raw`[\w.~+-]+`;
const PATH = `(?:/${NAME})`;
const PORT = String.raw`(?::\d{1,5})?`;

const FORMS = [
  `${PATH}+`,
  `s3:https?://${HOST}${PORT}${PATH}+`,
  `rest:https?://(?:${USER}@)?${HOST}${PORT}${PATH}*/?`,
  `sftp:${USER}@${HOST}:/?${NAME}${PATH}*`,
  `sftp://${USER}@${HOST}${PORT}/?${PATH}+`,
];
/** `user:password@`: wherever it stands, it is one. */
const PASSWORD = /:[^/@\s][^/@\s]*:[^/@\s]+@|:\/\/[^/@\s]*:[^/@\s]+@/;

const repository = z
  .string("must be text")
  .refine((text) => !PASSWORD.test(text), {
    error:
      "must have no password; leave it out, ./plimsoll secrets list says which secrets to put on the server",
    abort: true,
  })
  .regex(
    new RegExp(`^(?:${FORMS.join("|")})$`),
    'must be a repository of restic\'s; write it like "s3:https://s3.example.com/bucket", "rest:https://user@example.com/", "sftp:user@example.com:/backups" or "/mnt/backups"',
  )
  .refine(
    (text) => !/(?:^|\/)\.{1,2}(?:\/|$)/.test(text),
    "must have no . or .. in its path; write the path out",
  );

const kept = (what: string, min: number, max: number) =>
  z
    .int("must be a whole number")
    .min(min, `must be from ${min} to ${max}`)
    .max(max, `must be from ${min} to ${max}`)
    .describe(`${what} of which the newest copy stays there.`);

/** Where each backup is copied to, for the day on which the server is gone. Never how it is let in there. */
export const offsite = z.strictObject({
  repository: repository
    .meta({ format: "repository of restic's" })
    .describe(
      "Where backups are copied to, encrypted: `s3:https://…/bucket`, `rest:https://user@…`, `sftp:user@host:/path`, or a folder of the server's, such as a mounted disk. Credentials are secrets.",
    ),
  keep: z
    .strictObject({
      daily: kept("Days", 1, 3650).default(7),
      weekly: kept("Weeks", 0, 520).default(4),
      monthly: kept("Months", 0, 120).default(6),
    })
    .prefault({}),
});
