import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import log from 'electron-log/main';
import type { LogLevel } from './options.ts';

const fileBytes = 5 * 1024 * 1024;
const keptFiles = 5;

/** JSON lines in `folder`: the newest file and four older ones, 5 MB each. Nothing leaves the machine. */
export function openLogs(folder: string, level: LogLevel): (level: LogLevel, text: string) => void {
  const file = join(folder, 'paretoscope.log');
  log.transports.console.level = false;
  log.transports.file.level = level;
  log.transports.file.maxSize = fileBytes;
  log.transports.file.resolvePathFn = () => file;
  log.transports.file.format = ({ message }) => [
    JSON.stringify({ time: message.date.toISOString(), level: message.level, text: message.data.map(String).join(' ') }),
  ];
  log.transports.file.archiveLogFn = () => rotate(file);
  return (kind, text) => log[kind](text.trimEnd());
}

/** paretoscope.log -> .1 -> … -> .4; the oldest goes. */
export function rotate(file: string): void {
  rmSync(`${file}.${keptFiles - 1}`, { force: true });
  for (let age = keptFiles - 2; age >= 0; age--) {
    try {
      renameSync(age === 0 ? file : `${file}.${age}`, `${file}.${age + 1}`);
    } catch {
      // There are fewer of them yet.
    }
  }
}
