import { Command } from "commander";
import { JSON_OPTION } from "../choose.ts";
import { doctor } from "../doctor.ts";

export function doctorCommand(): Command {
  return new Command("doctor")
    .description("what this machine has and lacks for a deploy; changes nothing")
    .option(...JSON_OPTION)
    .action(doctor);
}
