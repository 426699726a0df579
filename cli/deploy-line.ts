/**
 * What Terraform says of a resource: its address, its path in the construct tree, and the news.
 */
const RESOURCE =
  /^[\w.-]+ \((?<path>[^)]+)\): (?<news>(Creating|Modifying|Destroying|Creation|Modifications|Destruction|Still).*)$/;
const STACK =
  /^(?<news>No changes|(Apply|Destroy) complete)(?!! Resources: 0 added, 0 changed, 0 destroyed)/;
/** The construct that every service's container is in; its own name says it. */
const INNER = /\/(server|slot)\/container$|\/step$/;
const ID = /\s*\[id=[^\]]*\]/;

/** Found at once where `prepare` has put it: no news. */
const IMAGE = /\/image$/;

function resourceNews({ path = "", news = "" }: Record<string, string>): string | undefined {
  if (IMAGE.test(path)) return undefined;
  return `${path.replace(INNER, "")}: ${news.replace(ID, "").replace("...", "")}`;
}

/**
 * Turns the lines of `cdktf deploy` for one environment into short news: `postgres: Creation complete after 7s`,
 * `local-data: no changes`. cdktf names the stack before the first line of a chunk only, so every line must pass.
 */
export function deployLines(environment: string): (line: string) => string | undefined {
  const named = new RegExp(`^(${environment}-[\\w-]+) {2}`);
  let stack = "";
  return (line) => {
    stack = named.exec(line)?.[1] ?? stack;
    const text = line.replace(named, "").trim();
    const resource = RESOURCE.exec(text)?.groups;
    if (resource) return resourceNews(resource);
    const news = STACK.exec(text)?.groups?.["news"];
    return news && `${stack}: ${news.toLowerCase()}`;
  };
}
