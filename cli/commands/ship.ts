import type { Command } from "commander";
import { environmentImages, imageList } from "../../images/environment.ts";
import { targetRecord } from "../../stacks/target-record.ts";
import { choose, environmentCommand, type TargetOption } from "../choose.ts";
import { ship } from "../images/ship.ts";
import { inspectTarget } from "../inspect.ts";
import { terminalReport as report } from "../report.ts";

async function run(name: string, options: TargetOption): Promise<void> {
  const { environment, target } = await choose(name, options);
  await inspectTarget(environment, target);
  const images = imageList(environmentImages(environment, targetRecord(environment)));
  await ship(images, target, report);
  report.done(`${images.length} images of ${name} are on ${target.name}`);
}

export function shipCommand(): Command {
  return environmentCommand("ship", "puts the images on the target ahead of a deploy").action(run);
}
