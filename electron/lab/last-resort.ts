type Write = (line: string) => void;

/**
 * For a process that holds a lab: a promise that nobody waited for is written down and does not end the searches that run here. A fault thrown
 * where nobody catches it leaves the process in a state that nobody knows: it is written down and `end` is called. Returns what takes both back.
 */
export function catchLoose(write: Write, end: () => void): () => void {
  const onRejection = (reason: unknown): void => write(`A fault that nothing waited for: ${textOf(reason)}`);
  const onException = (error: unknown): void => {
    write(`A fault that ends the lab: ${textOf(error)}`);
    end();
  };
  process.on('unhandledRejection', onRejection);
  process.on('uncaughtException', onException);
  return () => {
    process.off('unhandledRejection', onRejection);
    process.off('uncaughtException', onException);
  };
}

export function writeToErrors(line: string): void {
  process.stderr.write(`${line}\n`);
}

function textOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
