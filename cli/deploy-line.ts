/**
 * What Terraform says of a resource: its address, its path in the construct tree, and the news.
 */
const RESOURCE =
  /^[\w.-]+ \((?<path>[^)]+)\): (?<news>(Creating|Modifying|Destroying|Creation|Modifications|Destruction|Still).*)$/;
const STACK_END = /^(?<news>No changes|(Apply|Destroy) complete)/;
/** Follows `No changes`, which is news enough. */
const NOTHING_DONE = /^Apply complete! Resources: 0 added, 0 changed, 0 destroyed/;
/** The construct that every service's container is in; its own name says it. */
const INNER = /\/(server|slot)\/container$|\/step$/;
const ID = /\s*\[id=[^\]]*\]/;

/** Found at once where `prepare` has put it: no news. */
const IMAGE = /\/image$/;

export interface DeployNews {
  /** `postgres: Creation complete after 7s`, `local-data: no changes`; undefined where it was told before. */
  readonly text?: string;
  /** The stack that Terraform has come to the end of. */
  readonly ended?: string;
}

function resourceNews({ path = "", news = "" }: Record<string, string>): DeployNews | undefined {
  if (IMAGE.test(path)) return undefined;
  return { text: `${path.replace(INNER, "")}: ${news.replace(ID, "").replace("...", "")}` };
}

/**
 * Turns the lines of `cdktf deploy` for one environment into short news. cdktf names the stack before the first line of
 * a chunk only, so every line must pass.
 */
export function deployLines(environment: string): (line: string) => DeployNews | undefined {
  const named = new RegExp(`^(${environment}-[\\w-]+) {2}`);
  let stack = "";
  return (line) => {
    stack = named.exec(line)?.[1] ?? stack;
    const text = line.replace(named, "").trim();
    const resource = RESOURCE.exec(text)?.groups;
    if (resource) return resourceNews(resource);
    const news = STACK_END.exec(text)?.groups?.["news"];
    if (news === undefined) return undefined;
    if (NOTHING_DONE.test(text)) return { ended: stack };
    return { text: `${stack}: ${news.toLowerCase()}`, ended: stack };
  };
}
