const signals = ['SIGINT', 'SIGTERM'] as const;

/**
 * The next Ctrl-C or SIGTERM calls `handler` instead of ending the process; one more ends it at once with exit code 130.
 * Returns a function that restores what was before.
 */
export function catchInterrupts(handler: () => void): () => void {
  let isCaught = false;
  const listener = (): void => {
    if (isCaught) process.exit(130);
    isCaught = true;
    handler();
  };
  for (const signal of signals) process.on(signal, listener);
  return () => {
    for (const signal of signals) process.off(signal, listener);
  };
}
