/** One thing that a deploy needs, looked at and left as it is. */
export interface Check {
  readonly name: string;
  /** `note`: works, with something to know; `problem`: a deploy does not work like this. */
  readonly state: "ok" | "note" | "problem";
  readonly found: string;
  readonly fix?: string;
}

export const ok = (name: string, found: string): Check => ({ name, state: "ok", found });

export const note = (name: string, found: string, fix?: string): Check => ({
  name,
  state: "note",
  found,
  ...(fix && { fix }),
});

export const problem = (name: string, found: string, fix: string): Check => ({
  name,
  state: "problem",
  found,
  fix,
});
