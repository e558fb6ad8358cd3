import { describe, expect, it } from 'vitest';
import { benchBackends } from '../../../../electron/lab/cli/backend-survey.ts';
import type { Session } from '../../../../electron/lab/cli/session.ts';
import type { Probe } from '../../../../electron/lab/native/probe.ts';
import type { Prober } from '../../../../electron/lab/native/survey.ts';
import { describeBackend } from '../../../../engine/backend/descriptions.ts';

const session = (options: { readonly backend?: string } = {}): Session =>
  ({ options, output: { notice: () => undefined } }) as unknown as Session;

const works = (stepMs: number): Probe => ({ works: true, stepMs, threads: 1, devices: [] });
const proberOf = (stepMs: Readonly<Record<string, number>>, asked: string[] = []): Prober => {
  return ({ id }) => {
    asked.push(id);
    const ms = stepMs[id];
    return Promise.resolve(ms === undefined ? { works: false, code: 'backend-crashed', message: 'It crashed.' } : works(ms));
  };
};

describe('lab backend bench', () => {
  it('says how many times faster than wasm each is; the reference is left out', async () => {
    const asked: string[] = [];
    const { document, text } = (await benchBackends(session(), proberOf({ tensorflow: 8, webgpu: 4, wasm: 20 }, asked)))!;
    expect(asked).not.toContain('cpu');
    const { measured } = document as { readonly measured: readonly { readonly id: string; readonly factor: number }[] };
    if (describeBackend('tensorflow').isAvailable) {
      expect(measured).toContainEqual({ id: 'tensorflow', stepMs: 8, factor: 2.5 });
      expect(text).toContain('2.5x');
    } else {
      expect(text).toMatch(/tensorflow: .*install.*times as fast .*measured on/);
    }
  });

  it('one that is named has nothing to be compared with', async () => {
    const { document } = (await benchBackends(session({ backend: 'wasm' }), proberOf({ wasm: 20 })))!;
    expect(document).toMatchObject({ measured: [{ id: 'wasm', stepMs: 20 }], failed: [] });
    expect(JSON.stringify(document)).not.toContain('factor');
  });

  it('one that is named and does not work is refused', async () => {
    await expect(benchBackends(session({ backend: 'wasm' }), proberOf({}))).rejects.toMatchObject({ code: 'backend-crashed' });
  });
});
