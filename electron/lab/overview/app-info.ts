import { existsSync, statfsSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { dirname } from 'node:path';
import { listBackends } from '../../../engine/backend/descriptions.ts';
import packageJson from '../../../package.json' with { type: 'json' };
import type { AppInfo } from '../../ipc/overview.ts';
import { workspaceOf } from '../workspace.ts';

export function appInfoOf(home: string): AppInfo {
  const processors = cpus();
  return {
    version: packageJson.version,
    nodeVersion: process.version,
    platform: `${process.platform}-${process.arch}`,
    home,
    workspace: workspaceOf(home),
    pid: process.pid,
    cores: processors.length,
    processor: processors[0]?.model.trim() ?? 'unknown processor',
    memoryBytes: totalmem(),
    freeDiskBytes: freeBytes(home),
    firstBackend: listBackends().find(({ isAvailable, isReferenceOnly }) => isAvailable && !isReferenceOnly)?.id ?? 'wasm',
  };
}

/** Of the nearest folder that exists: the home may not have been made yet. */
function freeBytes(path: string): number {
  if (!existsSync(path)) return dirname(path) === path ? 0 : freeBytes(dirname(path));
  const { bavail, bsize } = statfsSync(path);
  return bavail * bsize;
}
