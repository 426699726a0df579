/**
 * What Terraform says of a resource: its address, its path in the construct tree, and the news.
 * cdktf puts the stack's name before the first line of a chunk only.
 */
const RESOURCE =
  /^\s*(?<stack>[\w-]+)?\s+[\w.-]+ \((?<path>[^)]+)\): (?<news>(Creating|Modifying|Destroying|Creation|Modifications|Destruction|Still).*)$/;
const STACK =
  /^\s*(?<stack>[\w-]+)?\s+(?<news>No changes|(Apply|Destroy) complete)(?!! Resources: 0 added, 0 changed, 0 destroyed)/;
/** The construct that every service's container is in; its own name says it. */
const INNER = /\/(server|slot)\/container$|\/step$/;
const ID = /\s*\[id=[^\]]*\]/;

/** Found at once where `prepare` has put it: no news. */
const IMAGE = /\/image$/;

/** Turns the lines of `cdktf deploy` into short news: `postgres: Creation complete after 7s`, `local-data: no changes`. */
export function deployLines(): (line: string) => string | undefined {
  let stack = "";
  return (line) => {
    const found = (RESOURCE.exec(line) ?? STACK.exec(line))?.groups;
    if (!found) return undefined;
    stack = found["stack"] ?? stack;
    const { path, news = "" } = found;
    if (path === undefined) return `${stack}: ${news.toLowerCase()}`;
    if (IMAGE.test(path)) return undefined;
    return `${path.replace(INNER, "")}: ${news.replace(ID, "").replace("...", "")}`;
  };
}
