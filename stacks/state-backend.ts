import {
  AzurermBackend,
  ConsulBackend,
  CosBackend,
  GcsBackend,
  HttpBackend,
  LocalBackend,
  OssBackend,
  PgBackend,
  S3Backend,
  type TerraformBackend,
  type TerraformStack,
} from "cdktf";
import type { StatePlace } from "./state-place.ts";

/** What cdktf declares as required, such as a connection string, is a credential, and comes from the environment. */
type Backend = new (scope: TerraformStack, settings: never) => TerraformBackend;

const BACKENDS: Readonly<Record<StatePlace["backend"], Backend>> = {
  local: LocalBackend,
  s3: S3Backend,
  gcs: GcsBackend,
  azurerm: AzurermBackend,
  http: HttpBackend,
  pg: PgBackend,
  consul: ConsulBackend,
  cos: CosBackend,
  oss: OssBackend,
};

/** Keeps a stack's state there. */
export function keepState(stack: TerraformStack, { backend, settings }: StatePlace): void {
  new BACKENDS[backend](stack, settings as never);
}
