import assert from "node:assert/strict";
import { test } from "node:test";
import { why, whyFigures } from "../../../cli/explain/why.ts";
import type { Figure } from "../../../core/figure.ts";
import { MIB } from "../../../core/units.ts";
import { problemsOf } from "../../support/environments.ts";

const leaf = { because: "written in the config", inputs: [], source: "config" };
const ALL: Figure[] = [
  { id: "services.db.limit", value: 320 * MIB, unit: "bytes", ...leaf },
  { id: "services.db.name", value: "chat", unit: "word", ...leaf },
  {
    id: "db.limit",
    value: 320 * MIB,
    unit: "bytes",
    because: "services.db.limit 320 MiB",
    inputs: ["services.db.limit"],
    source: "memory map",
  },
  {
    id: "db.shared_buffers",
    value: 80 * MIB,
    unit: "bytes",
    because:
      "25 % of db.limit 320 MiB, a quarter as every manual has it since servers had so little memory",
    inputs: ["db.limit", "services.db.limit"],
    source: "PostgreSQL manual",
  },
  { id: "chat-1.limit", value: 300 * MIB, unit: "bytes", ...leaf },
  { id: "chat-2.limit", value: 300 * MIB, unit: "bytes", ...leaf },
];
const FIGURES = new Map(ALL.map((figure) => [figure.id, figure]));

test("a figure is traced down to the config, each input once, within 80 columns", () => {
  assert.equal(
    why(FIGURES, "db.shared_buffers"),
    `db.shared_buffers = 80 MiB
   25 % of db.limit 320 MiB, a quarter as every manual has it since servers had
   so little memory (PostgreSQL manual)
   └─ db.limit = 320 MiB
         services.db.limit 320 MiB (memory map)
         └─ services.db.limit = 320 MiB
               written in the config
   └─ services.db.limit = 320 MiB (above)`,
  );
});

test("a service's name lists its figures, and an app's those of each slot", () => {
  assert.equal(
    why(FIGURES, "db"),
    `db

figure               value  because
db.limit           320 MiB  services.db.limit 320 MiB
db.shared_buffers   80 MiB  25 % of db.limit 320 MiB, a quarter as every manual
                            has it since servers had so little memory`,
  );
  assert.match(why(FIGURES, "chat"), /chat-1\.limit .*\nchat-2\.limit /);
});

test("an unknown figure is refused with the nearest: a slip of the pen, or the bare setting", () => {
  assert.deepEqual(
    problemsOf(() => why(FIGURES, "db.limt")),
    [
      "--why: must be the id of a figure, got db.limt; the nearest are db.limit, chat-1.limit, chat-2.limit",
    ],
  );
  assert.match(
    problemsOf(() => why(FIGURES, "name")).join(),
    /the nearest are services\.db\.name, /,
  );
  assert.match(problemsOf(() => whyFigures(FIGURES, "x")).join(), /^--why: must be the id/);
});

test("for programs it is the figure and all that it was computed from", () => {
  assert.deepEqual(
    whyFigures(FIGURES, "db.shared_buffers").map(({ id }) => id),
    ["db.shared_buffers", "db.limit", "services.db.limit"],
  );
  assert.deepEqual(
    whyFigures(FIGURES, "chat").map(({ id }) => id),
    ["chat-1.limit", "chat-2.limit"],
  );
});
