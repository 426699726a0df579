import { tell } from "../figure.ts";
import { GIB } from "../units.ts";
import type { Rule } from "./rule.ts";

/** An empty cluster with its catalogs and a first dump of it. */
const LEAST_DATA_BYTES = GIB;

/** System, swap, images and logs leave the database a place to grow. */
export const disk: Rule = ({ spec, disk: { dataBytes, swapBytes } }) => {
  if (dataBytes >= LEAST_DATA_BYTES) return [];
  const { diskBytes } = spec.server;
  // Half of what a larger disk brings is data; the rest is kept free, log and backups.
  const missingBytes = (LEAST_DATA_BYTES - dataBytes) * 2;
  const enoughBytes = Math.ceil((diskBytes + missingBytes) / GIB) * GIB;
  return [
    {
      path: "server.disk",
      rule: `holds system, swap of ${tell({ value: swapBytes, unit: "bytes" })}, images, logs and 1024 MiB of data`,
      got: tell({ value: diskBytes, unit: "bytes" }),
      fix: `take a disk of ${enoughBytes / GIB}GiB or less swap`,
      repair: [{ path: ["server", "diskBytes"], to: enoughBytes }],
    },
  ];
};
