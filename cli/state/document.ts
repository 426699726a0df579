import { STATE_LABEL } from "../../core/names.ts";

interface Attributes {
  readonly id?: string;
  readonly labels?: readonly { readonly label: string; readonly value: string }[];
}

/** A state as Terraform writes it, as far as it matters here; the rest is carried along. */
export interface StateDocument {
  readonly serial: number;
  /** Made with the first write; empty in a place that was never written to. */
  readonly lineage: string;
  readonly outputs?: Readonly<Record<string, { readonly value: unknown; readonly type: unknown }>>;
  readonly resources?: readonly {
    readonly instances: readonly { readonly attributes: Attributes }[];
  }[];
}

const MOVED_TO = "plimsoll_moved_to";

/** @returns undefined where nothing was ever written */
export function parseState(text: string): StateDocument | undefined {
  if (text.trim() === "") return undefined;
  const document = JSON.parse(text) as StateDocument;
  return document.lineage ? document : undefined;
}

function attributesIn({ resources = [] }: StateDocument): Attributes[] {
  return resources.flatMap(({ instances }) => instances.map(({ attributes }) => attributes));
}

/** Ids of what it knows, on the target and elsewhere. */
export function idsIn(document: StateDocument): string[] {
  return attributesIn(document).flatMap(({ id }) => id ?? []);
}

export function resourceCount(document: StateDocument | undefined): number {
  return document ? attributesIn(document).length : 0;
}

/** The id that its containers and networks carry; undefined where it has none of them. */
export function stateIdIn(document: StateDocument): string | undefined {
  const labels = attributesIn(document).flatMap(({ labels: own }) => own ?? []);
  return labels.find(({ label }) => label === STATE_LABEL)?.value;
}

/** Everything but what every write changes: the serial, and which Terraform wrote it. */
function contentOf(document: StateDocument): string {
  return JSON.stringify({ ...document, serial: 0, terraform_version: "" });
}

/** Whether two say the same, byte for byte, but for the serial, which Terraform raises as it writes. */
export function sameContent(one: StateDocument, other: StateDocument): boolean {
  return contentOf(one) === contentOf(other);
}

/** What stays where a state was taken away, for whoever still looks there. */
export function movedAway(document: StateDocument, to: string): StateDocument {
  const outputs = { [MOVED_TO]: { value: to, type: "string" } };
  return { ...document, serial: document.serial + 1, outputs, resources: [] };
}

/** The state of a stack that is no longer there. */
export function emptied(document: StateDocument): StateDocument {
  return { ...document, serial: document.serial + 1, outputs: {}, resources: [] };
}

/** Where it was moved to; undefined where it was not. */
export function movedTo(document: StateDocument | undefined): string | undefined {
  const to = document?.outputs?.[MOVED_TO]?.value;
  return resourceCount(document) === 0 && typeof to === "string" ? to : undefined;
}
