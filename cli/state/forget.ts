import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Environment } from "../../config/environment.ts";
import { stateFolder } from "../../stacks/target-record.ts";

/** Where `up`, `plan` and a plain `cdktf deploy` leave what they synthesize. */
function outputs(environment: Environment): string[] {
  const folder = stateFolder(environment);
  return [join(folder, "cdktf.out"), join(folder, "plan.out"), join(environment.root, "cdktf.out")];
}

async function stacksIn(output: string, prefix: string): Promise<string[]> {
  const folder = join(output, "stacks");
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  return names.filter((name) => name.startsWith(prefix)).map((name) => join(folder, name));
}

/** Makes Terraform take the backend that it is told instead of asking what to do about the one before. No state is touched. */
export async function forgetBackends(environment: Environment): Promise<void> {
  const found = outputs(environment).map((output) => stacksIn(output, `${environment.name}-`));
  const stacks = (await Promise.all(found)).flat();
  await Promise.all(
    stacks.map((stack) => rm(join(stack, ".terraform", "terraform.tfstate"), { force: true })),
  );
}
