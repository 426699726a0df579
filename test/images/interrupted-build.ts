// A run that is interrupted while it builds: `node interrupted-build.ts CONTEXT PARENT`.
import { ensureImages } from "../../cli/images/build.ts";
import { terminalReport } from "../../cli/report.ts";
import { applicationImage } from "../../images/application.ts";

const [context = "", reference = ""] = process.argv.slice(2);
const INTERRUPTED = 130;

process.once("SIGINT", () => process.exit(INTERRUPTED));
const node = { kind: "pulled", reference } as const;
await ensureImages([applicationImage({ name: "test-build", context, node })], terminalReport);
