import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { CliError, exitCodes } from './failure.ts';

const largestJsonBytes = 256 * 1024 * 1024;

/** The bytes of a file that the user named. `what` says what it should be: 'the weights'. Throws CliError 'file-missing', 'file-unreadable'. */
export function readBytes(path: string, what: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    throw fileError(error, path, what);
  }
}

/** Text of a file, or of standard input for '-'. */
export function readText(path: string, what: string): string {
  if (path === '-') return readFileSync(0, 'utf8');
  const bytes = sizeOf(path, what);
  if (bytes > largestJsonBytes) {
    throw new CliError('file-too-large', `Reading ${what}: ${path} has ${bytes} bytes, at most ${largestJsonBytes} are read.`);
  }
  return new TextDecoder().decode(readBytes(path, what));
}

/** A JSON document from a file or, for '-', from standard input. Throws CliError 'invalid-json'. */
export function readJson(path: string, what: string): unknown {
  const text = readText(path, what);
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const name = path === '-' ? 'standard input' : path;
    throw new CliError('invalid-json', `Reading ${what}: ${name} is not JSON (${error instanceof Error ? error.message : String(error)}).`);
  }
}

/** Writes whole or not at all, under a name of its own until it is whole; makes the folder. Throws CliError 'file-unwritable' with exit code 1. */
export function writeFileWhole(path: string, content: string | Uint8Array): void {
  const part = `${path}.${randomUUID().slice(0, 8)}.part`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(part, content, { flag: 'wx' });
    renameSync(part, path);
  } catch (error) {
    removePart(part);
    const reason = error instanceof Error ? error.message : String(error);
    throw new CliError('file-unwritable', `Writing ${path}: ${reason}.`, {
      tip: 'Choose a file in a folder that you may write to, on a disk with room.',
      exit: exitCodes.failed,
      cause: error,
    });
  }
}

function removePart(part: string): void {
  try {
    rmSync(part, { force: true });
  } catch {
    // Where nothing could be written nothing is left; the error of the writing is what counts.
  }
}

function sizeOf(path: string, what: string): number {
  try {
    return statSync(path).size;
  } catch (error) {
    throw fileError(error, path, what);
  }
}

function fileError(error: unknown, path: string, what: string): CliError {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new CliError('file-missing', `Reading ${what}: there is no file ${path}.`, { cause: error });
  }
  if (code === 'EISDIR') return new CliError('file-missing', `Reading ${what}: ${path} is a folder, expected a file.`, { cause: error });
  return new CliError('file-unreadable', `Reading ${what}: ${path} cannot be read (${String(code ?? error)}).`, { cause: error });
}
