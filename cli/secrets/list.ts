import { secretVolumes } from "../../core/secrets.ts";
import type { SecretName } from "../prepare/secrets.ts";
import { originOf, type SecretsContext, shellImage } from "./secret.ts";
import { inSecretVolumes } from "./volumes-container.ts";

/** Lines of a path and when it was written, in ISO form. */
const LIST = `cd /secrets && find . -type f ! -name '*.new' -printf '%P\\t%TY-%Tm-%Td %TH:%TM\\n'`;
export interface ListedSecret extends SecretName {
  /** `made here`, `yours`, or whose copy it is. */
  readonly from: string;
  /** When it was written on the server; undefined where it is missing. */
  readonly writtenAt: string | undefined;
}

/** Every secret of the environment; never a value. */
export async function listSecrets(context: SecretsContext): Promise<ListedSecret[]> {
  const { environment, target } = context;
  const image = await shellImage(context);
  const { stdout } = await inSecretVolumes(target, environment, { image, text: LIST, args: [] });
  const lines = stdout.split("\n").map((line) => line.split("\t") as [string, string]);
  const written = new Map(lines);
  return secretVolumes(environment).flatMap(({ service, files }) =>
    files.map((secret) => ({
      service,
      file: secret.file,
      from: originOf(secret),
      writtenAt: written.get(`${service}/${secret.file}`),
    })),
  );
}
