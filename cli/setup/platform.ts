import { OperatorError } from "../../core/operator-error.ts";

const ARCHITECTURES: Partial<Record<NodeJS.Architecture, string>> = {
  x64: "amd64",
  arm64: "arm64",
};

/**
 * This machine as Go, Terraform and its providers write it: `linux_amd64`.
 * @throws OperatorError on an architecture that Terraform has no provider for
 */
export function platform(): string {
  const architecture = ARCHITECTURES[process.arch];
  if (architecture === undefined) {
    throw new OperatorError(
      `terraform: this machine must be amd64 or arm64, got ${process.arch}; run Plimsoll on such a machine and name this one as --target`,
    );
  }
  return `${process.platform}_${architecture}`;
}
