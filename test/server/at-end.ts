const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Runs `clean` when this process ends by itself or by a signal; it may not wait for anything.
 * @returns takes it back
 */
export function atEnd(clean: () => void): () => void {
  const bySignal = (signal: NodeJS.Signals) => {
    forget();
    clean();
    // Without this listener the signal does what it does to everybody.
    process.kill(process.pid, signal);
  };
  const forget = () => {
    process.off("exit", clean);
    for (const signal of SIGNALS) process.off(signal, bySignal);
  };
  process.once("exit", clean);
  for (const signal of SIGNALS) process.once(signal, bySignal);
  return forget;
}
