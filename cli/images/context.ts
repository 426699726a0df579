import { chmod, cp, mkdir, readdir, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { OperatorError } from "../../core/operator-error.ts";
import { type ContextFile, contextFiles } from "../../images/context-files.ts";
import type { BuiltImage } from "../../images/image.ts";
import { addNpmFile } from "./npm-file.ts";
import { withTemporaryFolder } from "./temporary-folder.ts";

const FOLDER_MODE = 0o755;
const PROGRAM_MODE = 0o755;
const FILE_MODE = 0o644;

/** A folder as `docker build` gets it. */
export interface StagedContext {
  readonly context: string;
  readonly dockerfile: string;
}

/**
 * Copies exactly what the image's reference was made from, plus the outputs of its `before`, with modes that do not depend
 * on a umask: the same reference is then the same image, whoever built it. The copy is removed afterwards.
 */
export function withStagedContext<T>(
  image: BuiltImage,
  work: (staged: StagedContext) => Promise<T>,
): Promise<T> {
  return withTemporaryFolder("image", async (folder) => {
    const staged = { context: join(folder, "context"), dockerfile: join(folder, "Dockerfile") };
    await cp(image.dockerfile, staged.dockerfile);
    await makeFolder(staged.context);
    await stage(image, staged.context);
    return work(staged);
  });
}

async function stage(image: BuiltImage, context: string): Promise<void> {
  await copyFiles(image.context, contextFiles(image.context, image), context);
  for (const output of image.outputs) {
    const source = join(image.context, output);
    await requireOutput(image, output);
    await copyFiles(
      source,
      contextFiles(source, { ignored: [], outputs: [] }),
      join(context, output),
    );
  }
  for (const file of image.npmFiles) await addNpmFile(file, context);
}

async function requireOutput(image: BuiltImage, output: string): Promise<void> {
  const entries = await readdir(join(image.context, output)).catch(() => []);
  if (entries.length === 0) {
    throw new OperatorError(
      `image ${image.name}: ${image.before?.join(" ")} must write to ${output}/, which is empty; name its output folder`,
    );
  }
}

async function copyFiles(source: string, files: readonly ContextFile[], to: string): Promise<void> {
  for (const file of files) {
    const destination = join(to, file.path);
    await makeFolder(dirname(destination));
    if (file.link !== undefined) {
      await symlink(file.link, destination);
      continue;
    }
    await cp(join(source, file.path), destination);
    await chmod(destination, file.executable ? PROGRAM_MODE : FILE_MODE);
  }
}

/** The mode that mkdir is given is narrowed by the umask. */
async function makeFolder(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true });
  for (let made = path; first !== undefined && made.length >= first.length; made = dirname(made)) {
    await chmod(made, FOLDER_MODE);
  }
}
