/**
 * An error of the engine that a user can act on.
 * `code` is a stable kebab-case word; the message says what was being done, what was expected and what came; `tip` says what to do.
 */
export class EngineError extends Error {
  readonly code: string;
  readonly tip: string | undefined;

  constructor(code: string, message: string, options: { readonly tip?: string; readonly cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'EngineError';
    this.code = code;
    this.tip = options.tip;
  }
}
