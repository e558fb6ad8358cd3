import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import packageJson from '../../../package.json' with { type: 'json' };
import { fileError, writeFileSafely } from '../../../db/checkpoints/file-system.ts';
import { StoreError } from '../../../db/store.ts';
import { fitPredictor } from '../../../engine/cost/latency-table.ts';
import type { LayerLatency } from '../../../engine/cost/latency-table.ts';
import type { DeviceProfile, DeviceProfileFile } from '../../ipc/latency.ts';

const time = z.number().nonnegative();
const fileSchema = z.object({
  version: z.literal(1),
  profile: z.object({
    id: z.string(),
    device: z.string(),
    backend: z.string(),
    threads: z.number(),
    mode: z.enum(['compiled', 'eager']),
    batch: z.number(),
    appVersion: z.string(),
    updatedAt: z.string(),
    networks: z.array(z.object({ name: z.string(), input: z.array(z.number()), p50Ms: time, p95Ms: time, sumMs: time })),
  }),
  table: z.array(z.object({ signature: z.string(), op: z.string(), count: z.number(), meanMs: time, varianceMs2: time })),
});

/** The profiles of a home: one file each, written whole. */
export class DeviceProfiles {
  readonly #folder: string;

  constructor(home: string) {
    this.#folder = join(home, 'device-profiles');
  }

  /** Newest first; a damaged file is left out, since measuring again costs minutes and nothing else. */
  list(): readonly DeviceProfileFile[] {
    if (!existsSync(this.#folder)) return [];
    return readdirSync(this.#folder)
      .filter((name) => name.endsWith('.json'))
      .flatMap((name) => this.#read(join(this.#folder, name)) ?? [])
      .sort((a, b) => b.profile.updatedAt.localeCompare(a.profile.updatedAt));
  }

  /** StoreError 'unknown-profile'. */
  find(id: string): DeviceProfileFile {
    const found = this.list().find(({ profile }) => profile.id === id);
    if (found !== undefined) return found;
    throw new StoreError('unknown-profile', `There is no device profile '${id}' in this home.`, { tip: 'Profile this device first.' });
  }

  write(file: DeviceProfileFile): void {
    writeFileSafely(join(this.#folder, `${file.profile.id}.json`), this.#folder, profileBytes(file));
  }

  #read(path: string): DeviceProfileFile | undefined {
    let text: string;
    try {
      text = readFileSync(path, 'utf8');
    } catch (error) {
      throw fileError(`Reading the device profile ${path}`, error);
    }
    try {
      return fileSchema.parse(JSON.parse(text));
    } catch {
      return undefined;
    }
  }
}

export function profileBytes(file: DeviceProfileFile): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(file, null, 1)}\n`);
}

/** The same device with the same settings has one profile. */
export function profileId(parts: Pick<DeviceProfile, 'device' | 'backend' | 'threads' | 'mode' | 'batch'>): string {
  const { device, backend, threads, mode, batch } = parts;
  const hash = createHash('sha256')
    .update(JSON.stringify([device, mode, batch]))
    .digest('hex')
    .slice(0, 8);
  return `${backend}-${threads}-${hash}`;
}

export function profileView({ profile, table }: DeviceProfileFile): DeviceProfile {
  const predictor = fitPredictor(profile.networks.map(({ sumMs, p50Ms }) => ({ sumMs, measuredMs: p50Ms })));
  return {
    ...profile,
    isStale: profile.appVersion !== packageJson.version,
    layers: table.length,
    ...(predictor === undefined ? {} : { predictor }),
  };
}

/** What was measured now takes the place of what was known before. */
export function mergedTable(before: readonly LayerLatency[], now: readonly LayerLatency[]): readonly LayerLatency[] {
  return [...new Map([...before, ...now].map((entry) => [entry.signature, entry])).values()];
}
