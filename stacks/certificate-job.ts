import type { Environment } from "../config/environment.ts";
import { volumeName } from "../core/names.ts";
import type { Plan } from "../core/plan.ts";
import { shellWord } from "../core/shell-word.ts";
import { DAY_MS } from "../core/units.ts";
import { USERS } from "../core/users.ts";
import { render } from "../templates/render.ts";
import { batchProgram } from "./batch-program.ts";
import type { TierPlace } from "./batch-tier.ts";
import { configPath } from "./constructs/config-file.ts";
import { confinedOptions } from "./job-notes.ts";
import { doorName, type JobHead, jobScript, shellWords } from "./job-script.ts";

export interface CertificatePlace extends TierPlace {
  readonly plan: Pick<Plan, "memory" | "alerts" | "nginx">;
}

/** Where the programs see nginx's volume, and the server's own files. */
const FOLDER = "/secrets/nginx";
const HOST = "/host";
/** A reload takes less than a second; a server that swaps needs more. */
const RELOAD_SECONDS = 30;
/** To read what only its owner may, and to give nginx's user its files. */
const FILE_OWNER = ["CHOWN", "DAC_OVERRIDE", "FOWNER"].map((name) => `--cap-add=${name}`);

function optionsOf(place: TierPlace) {
  const volume = `--volume=${volumeName(place.environment, "nginx", "secrets")}:${FOLDER}`;
  const network = `--network=container:${doorName(place)}`;
  return {
    volumeOptions: shellWords(
      confinedOptions(place, [
        ...FILE_OWNER,
        ...["--network=none", volume, `--volume=/:${HOST}:ro`],
      ]),
    ),
    // Reads the certificate alone, which is nginx's user's.
    networkOptions: shellWords(
      confinedOptions(place, ["--cap-add=DAC_OVERRIDE", network, `${volume}:ro`]),
    ),
  };
}

/** Gives nginx the certificate that somebody else has renewed on the server. */
export function certificateScript(
  place: CertificatePlace,
  head: JobHead,
  tls: NonNullable<Environment["tls"]>,
): string {
  const { alerts, nginx } = place.plan;
  const body = render("host/certificate-job.sh", {
    ...optionsOf(place),
    nginx: doorName(place),
    config: configPath("nginx.conf"),
    program: batchProgram(["pair", "certificate"]),
    folder: FOLDER,
    uid: USERS.nginx.uid,
    certificate: shellWord(`${HOST}${tls.certificate}`),
    certificateKey: shellWord(`${HOST}${tls.key}`),
    port: nginx.tlsListenPort,
    reloadSeconds: RELOAD_SECONDS,
    days: alerts.certificateLeftMs / DAY_MS,
  });
  return jobScript(place, head, body);
}
