import { readFile } from 'node:fs/promises';
import { DatasetError } from './source.ts';

/** The code of a failed system call ('ENOENT', ...), or undefined. */
export function systemErrorCode(error: unknown): string | undefined {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  return typeof code === 'string' && /^E[A-Z0-9]+$/.test(code) ? code : undefined;
}

/**
 * Reads a whole file; `role` ('image', 'label map') and `context` (data set and pair) go into the message.
 * Throws DatasetError 'file-missing', 'file-unreadable' or 'file-zero-bytes'.
 */
export async function readDataFile(path: string, role: string, context: string): Promise<Buffer> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw readFailure(cause, path, role, context);
  });
  if (bytes.length === 0) throw emptyFile(path, role, context);
  return bytes;
}

/** What the system said about opening or reading a file: 'file-missing' or 'file-unreadable'. */
export function readFailure(cause: unknown, path: string, role: string, context: string): DatasetError {
  const code = systemErrorCode(cause);
  if (code === 'ENOENT') {
    return new DatasetError('file-missing', `${context}: the ${role} ${path} is missing`, {
      cause,
      tip: 'Put the file back, or check the folder again with `lab data check`.',
    });
  }
  return new DatasetError('file-unreadable', `${context}: the ${role} ${path} cannot be read (${code ?? String(cause)})`, {
    cause,
    tip: 'Check the rights of the file and the disk.',
  });
}

export function emptyFile(path: string, role: string, context: string): DatasetError {
  return new DatasetError('file-zero-bytes', `${context}: the ${role} ${path} is empty (0 bytes)`, {
    tip: 'The copy or unpacking was interrupted; copy or unpack the file again.',
  });
}

/** Puts the file's name and its pair before what a decoder said about its bytes. */
export function inFile(error: unknown, path: string, role: string, context: string): DatasetError {
  if (!(error instanceof DatasetError)) {
    const reason = error instanceof Error ? error.message : String(error);
    return new DatasetError('file-damaged', `${context}: the ${role} ${path} cannot be read (${reason})`, { cause: error });
  }
  const tip = error.tip === undefined ? {} : { tip: error.tip };
  return new DatasetError(error.code, `${context}: the ${role} ${path} ${error.message}`, { cause: error, ...tip });
}
