/** Something that is held until it is given back: memory of a budget, or a place. */
export interface Lease extends Disposable, AsyncDisposable {
  /** Gives it back. Only the first call does anything. */
  release(): void;
}

/** A lease whose `giveBack` is called once, however often and by whichever way it is released. */
export function leaseOf(giveBack: () => void): Lease {
  let isHeld = true;
  const release = () => {
    if (!isHeld) return;
    isHeld = false;
    giveBack();
  };
  return {
    release,
    [Symbol.dispose]: release,
    [Symbol.asyncDispose]: async () => release(),
  };
}
