/** A process of its own that prints the adapters as JSON on its last line: a broken driver may crash whoever loads it. */
import type { Adapter } from './adapters.ts';
import { firstLine, loadDawn, requestAdapter, requestDevice } from './dawn.ts';

/** Names and APIs, from the message about a name that no adapter has. */
async function listNames(): Promise<readonly { readonly name: string; readonly api: string }[]> {
  try {
    await loadDawn().create(['adapter=\u0001no such adapter\u0001']).requestAdapter({ powerPreference: 'high-performance' });
    return [];
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (!message.includes('Available adapters')) throw error;
    return [...message.matchAll(/backend: '([^']*)', name: '(.*)'/g)].map(([, api = '', name = '']) => ({ api, name }));
  }
}

async function probe(): Promise<Adapter[]> {
  const dawn = loadDawn();
  Object.assign(globalThis, dawn.globals);
  const preferred = (await dawn.create([]).requestAdapter({ powerPreference: 'high-performance' }))?.info;
  const adapters: Adapter[] = [];
  for (const place of await listNames()) {
    const found = await requestAdapter(dawn, place).catch(() => undefined);
    if (!found) continue;
    const { vendor, architecture, device, description, isFallbackAdapter } = found.adapter.info;
    const isPreferred = preferred?.device === device && preferred.description === description && preferred.vendor === vendor;
    let failure: string | undefined;
    try {
      (await requestDevice(found.adapter)).destroy();
    } catch (error) {
      failure = firstLine(error);
    }
    adapters.push({ ...place, vendor, architecture, device, description, isFallbackAdapter, isPreferred, ...(failure && { failure }) });
  }
  return adapters;
}

const found = await probe();
process.stdout.write(`\n${JSON.stringify(found)}\n`, () => process.exit(0));
