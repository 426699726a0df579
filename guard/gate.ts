import { type Account, NO_ACCOUNT } from "./account.ts";
import type { Ask } from "./ask.ts";
import type { Binding } from "./state.ts";

/** Decides by memory whether one backend may take a request. */
export interface Gate {
  /** What keeps the request out, or `none`. */
  binding(ask: Ask): Binding;
  /** Whether the request is larger than all that there ever is. */
  isBeyond(ask: Ask): boolean;
  /** Reserves the request's memory; to be called right after `binding` gave `none`. */
  admit(ask: Ask): Account;
}

/** Where no memory is watched. */
export const OPEN_GATE: Gate = {
  binding: () => "none",
  isBeyond: () => false,
  admit: () => NO_ACCOUNT,
};
