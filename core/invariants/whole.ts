import { configPath, configValue } from "../change.ts";
import { MIB, wholeMib } from "../units.ts";
import { containedIn } from "./contained.ts";
import type { Rule } from "./rule.ts";

const KEYS = ["limitBytes", "reservationBytes", "swapBytes"] as const;

/** Docker is told whole MiB: anything else would not be what runs. */
export const whole: Rule = ({ spec }) =>
  containedIn(spec).flatMap(({ name, service }) =>
    KEYS.filter((key) => service[key] % MIB !== 0).map((key) => {
      const path = ["services", name, key];
      const to = wholeMib(service[key]);
      return {
        path: configPath(path),
        rule: "must be whole MiB",
        got: `${service[key] / MIB} MiB`,
        fix: `write ${configValue(key, to)}`,
        repair: [{ path, to }],
      };
    }),
  );
