import type { Failure } from '../../db/store.ts';

/** What an operation of the lab rejects with, on every transport. */
export class LabFailure extends Error {
  readonly code: string;
  readonly tip: string | undefined;

  constructor({ code, message, tip }: Failure) {
    super(message);
    this.name = 'LabFailure';
    this.code = code;
    this.tip = tip;
  }
}

/** Anything that was thrown, as code, message and tip. */
export function failureOf(error: unknown): Failure {
  const { code, message, tip } = (typeof error === 'object' && error !== null ? error : {}) as Readonly<Record<string, unknown>>;
  return {
    code: typeof code === 'string' ? code : 'unexpected',
    message: typeof message === 'string' && message !== '' ? message : String(error),
    ...(typeof tip === 'string' ? { tip } : {}),
  };
}
