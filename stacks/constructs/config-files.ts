import type { ContainerUpload } from "@cdktf/provider-docker/lib/container/index.js";
import { Volume } from "@cdktf/provider-docker/lib/volume/index.js";
import { Construct } from "constructs";
import type { VolumeMount } from "./service-container.ts";

export interface ConfigFilesProps {
  /** The container's name. */
  readonly name: string;
  /** Content by file name. */
  readonly files: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
}

const FOLDER = "/etc/plimsoll";

/**
 * Text files in `/etc/plimsoll`, reviewed as part of the synthesized JSON; a change replaces the container.
 * Docker writes no file into a read-only root, but into a volume. The files belong to root, the process does not.
 */
export class ConfigFiles extends Construct {
  readonly mount: VolumeMount;
  readonly upload: ContainerUpload[];

  constructor(scope: Construct, id: string, { name, files, labels }: ConfigFilesProps) {
    super(scope, id);
    const volume = new Volume(this, "volume", {
      name: `${name}-config`,
      labels: Object.entries(labels).map(([label, value]) => ({ label, value })),
    });
    this.mount = { volume: volume.name, path: FOLDER, readOnly: false };
    this.upload = Object.entries(files).map(([file, content]) => ({
      file: `${FOLDER}/${file}`,
      content,
    }));
  }
}
