import { z } from "zod";

/** What stands in front of every key: letters that each backend takes as they are. */
const prefix = z
  .string()
  .regex(
    /^[\w.-]+(?:\/[\w.-]+)*$/,
    'must be a path without slashes at its ends; write it like "team/plimsoll"',
  )
  .optional()
  .describe("Stands in front of the key that Plimsoll gives each stack.");
const text = () => z.string("must be text").min(1, "must not be empty");
const bucket = () => text().describe("The bucket; it has to be there.");

function parsed(url: string): URL | undefined {
  return URL.canParse(url) ? new URL(url) : undefined;
}

/** An address in the web without what would let somebody in. */
const address = (fix: string) =>
  z
    .string("must be an address")
    .refine((url) => /^https?:$/.test(parsed(url)?.protocol ?? ""), {
      error: 'must be an address; write it like "https://state.example.com/plimsoll"',
      abort: true,
    })
    .refine((url) => {
      const { username, password, search, hash } = new URL(url);
      return username + password + search + hash === "";
    }, `must have no user, password or query; ${fix}`)
    .meta({ format: "URL" });

const method = (value: string) =>
  z
    .string()
    .regex(/^[A-Z]+$/, 'must be an HTTP method; write it like "POST"')
    .default(value);

/** Where libpq's own words carry a secret. */
const SECRET_PARAMETERS = ["password", "sslpassword", "sslkey"];

const connection = z
  .string("must be a connection URL")
  .refine((url) => /^postgres(?:ql)?:$/.test(parsed(url)?.protocol ?? ""), {
    error: 'must be a connection URL; write it like "postgres://db.example.com/terraform"',
    abort: true,
  })
  .refine((url) => {
    const { password, searchParams } = new URL(url);
    return password === "" && SECRET_PARAMETERS.every((name) => !searchParams.has(name));
  }, "must have no password; put it into PGPASSWORD, or all of it into PG_CONN_STR")
  .meta({ format: "URL" });

const local = z.strictObject({
  backend: z
    .literal("local")
    .describe("Files in `.plimsoll/` on the machine that deploys; the default."),
});

const s3 = z.strictObject({
  backend: z
    .literal("s3")
    .describe("Amazon S3, or a service that speaks it. Credentials: `AWS_*`, or a profile."),
  bucket: bucket(),
  region: text().describe('Such as `"eu-central-1"`; `"auto"` where the service has none.'),
  prefix,
  profile: text().optional().describe("Of AWS' own files."),
  endpoint: address("put credentials into AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
    .optional()
    .describe("Of a service that is not AWS; what only AWS has is not asked for then."),
  encrypt: z
    .boolean("must be true or false")
    .optional()
    .meta({ description: "On the server's side.", computed: "true, without `endpoint`" }),
  kmsKeyId: text().optional().describe("Key of AWS KMS that encrypts it."),
  dynamodbTable: text()
    .optional()
    .describe("Table that the locks are in; left out, they are files beside the state."),
});

const gcs = z.strictObject({
  backend: z
    .literal("gcs")
    .describe("Google Cloud Storage. Credentials: `GOOGLE_*`, or those of gcloud."),
  bucket: bucket(),
  prefix,
});

const azurerm = z.strictObject({
  backend: z.literal("azurerm").describe("Azure Blob Storage. Credentials: `ARM_*`, or az."),
  storageAccount: text().describe("The storage account."),
  container: text().describe("The container in it."),
  resourceGroup: text().optional().describe("The account's resource group."),
  prefix,
  azureAd: z
    .boolean("must be true or false")
    .default(false)
    .describe("Whether Microsoft Entra ID lets Terraform in instead of an access key."),
});

const http = z.strictObject({
  backend: z
    .literal("http")
    .describe(
      "A server that keeps one document for each address, such as GitLab. Credentials: `TF_HTTP_USERNAME`, `TF_HTTP_PASSWORD`.",
    ),
  address: address("put them into TF_HTTP_USERNAME and TF_HTTP_PASSWORD").describe(
    "Each stack's name follows it after a slash.",
  ),
  lockPath: z
    .string()
    .regex(/^(?:\/[\w.-]+)*$/, 'must be empty or a path; write it like "/lock"')
    .default("/lock")
    .describe("What follows a stack's address where it is locked; empty: the address itself."),
  lockMethod: method("POST").describe("Locks it."),
  unlockMethod: method("DELETE").describe("Unlocks it."),
  updateMethod: method("POST").describe("Writes it."),
});

const pg = z.strictObject({
  backend: z
    .literal("pg")
    .describe("A Postgres, with a schema for each stack. Credentials: `PG_CONN_STR`, `PG*`."),
  url: connection
    .optional()
    .meta({ description: "Without a password.", computed: "`PG_CONN_STR`, which may have one" }),
});

const consul = z.strictObject({
  backend: z.literal("consul").describe("Consul. Credentials: `CONSUL_HTTP_*`."),
  address: text()
    .regex(/^[\w.-]+(?::\d{1,5})?$/, 'must be a host and a port; write it like "localhost:8500"')
    .optional()
    .meta({ description: "Host and port.", computed: "`CONSUL_HTTP_ADDR`" }),
  prefix,
});

const cos = z.strictObject({
  backend: z.literal("cos").describe("Tencent Cloud. Credentials: `TENCENTCLOUD_*`."),
  bucket: bucket(),
  region: text().describe('Such as `"ap-guangzhou"`.'),
  prefix,
});

const oss = z.strictObject({
  backend: z.literal("oss").describe("Alibaba Cloud. Credentials: `ALICLOUD_*`."),
  bucket: bucket(),
  region: text().describe('Such as `"cn-beijing"`.'),
  tablestoreEndpoint: address("put credentials into ALICLOUD_ACCESS_KEY").describe(
    "Of the Tablestore instance that the locks are in.",
  ),
  tablestoreTable: text().describe("The table there."),
  prefix,
});

/** Where Terraform keeps what it knows about an environment, by `backend`. Never how it is let in there. */
export const state = z.discriminatedUnion(
  "backend",
  [local, s3, gcs, azurerm, http, pg, consul, cos, oss],
  {
    error: (issue) =>
      issue.code === "invalid_union"
        ? 'backend must be "local", "s3", "gcs", "azurerm", "http", "pg", "consul", "cos" or "oss"; name one of them'
        : undefined,
  },
);

export type StateSettings = z.output<typeof state>;

/** Where each backend looks for credentials by itself. */
export const CREDENTIALS: Readonly<Record<string, string>> = {
  s3: "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a profile",
  gcs: "GOOGLE_CREDENTIALS or GOOGLE_APPLICATION_CREDENTIALS",
  azurerm: "ARM_ACCESS_KEY, ARM_SAS_TOKEN or ARM_CLIENT_SECRET",
  http: "TF_HTTP_USERNAME and TF_HTTP_PASSWORD",
  pg: "PG_CONN_STR or PGPASSWORD",
  consul: "CONSUL_HTTP_TOKEN",
  cos: "TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY",
  oss: "ALICLOUD_ACCESS_KEY and ALICLOUD_SECRET_KEY",
};
