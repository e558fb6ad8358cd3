import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ensureInterface } from '../../../build/ensure-interface.ts';
import { PathGrants } from '../../../electron/ipc/grants.ts';
import type { OpenedLab } from '../../../electron/lab/lab.ts';
import { browserPlaces } from '../../../electron/lab/places/places.ts';
import { serveLab } from '../../../electron/lab/serve/server.ts';
import { exportsFolderOf } from '../../../electron/lab/workspace.ts';
import { afterEach, vi } from 'vitest';
import type { ServedHome } from '../../flows/support/serve.ts';

// A browser on a busy machine with two cores takes its time.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

const served: ServedHome[] = [];
afterEach(async () => {
  await Promise.all(served.splice(0).map((one) => one.close()));
});

/** A lab of this process, whose searches may be fake ones, behind the real server until the test ends: for pages that openLabPage opens. */
export async function serveOpened(lab: OpenedLab): Promise<ServedHome> {
  await ensureInterface();
  const exportsFolder = exportsFolderOf(lab.home);
  mkdirSync(exportsFolder, { recursive: true });
  const grants = new PathGrants([lab.home]);
  const server = await serveLab({
    api: { ...lab.api, ...browserPlaces(lab.home, grants) },
    grants,
    serveMedia: lab.serveMedia,
    interfaceFolder: join(resolve(import.meta.dirname, '../../..'), 'out/renderer'),
    exportsFolder: () => exportsFolder,
  });
  const one: ServedHome = {
    home: lab.home,
    port: server.port,
    pid: process.pid,
    freshAddress: async () => server.address,
    close: () => server.close(),
    kill: () => server.close(),
  };
  served.push(one);
  return one;
}
