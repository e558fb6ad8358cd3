import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { StoreError } from '../../../db/store.ts';
import { serveJob } from '../../../electron/compute/compute-session.ts';
import type { StartSearch } from '../../../electron/compute/compute-session.ts';
import type { ComputeJob, ComputePort, FromCompute, ToCompute } from '../../../electron/compute/protocol.ts';
import type { SearchEvent } from '../../../engine/search/events.ts';

const job: ComputeJob = {
  config: {},
  folder: '/x',
  features: '/f',
  dataset: { kind: 'cityscapes', root: '/d', fingerprint: 'f' },
  isFirstRun: true,
  progress: { finishedTrials: [], kept: {} },
  files: [],
};
const state = (step: number): SearchEvent => ({
  type: 'state',
  step,
  phaseIndex: 0,
  state: {},
  checkpoint: { file: 'a', bytes: 1, sha256: 'f' },
  keep: false,
  name: 'latest',
});
const scalars: SearchEvent = { type: 'scalars', step: 1, phase: 'p', values: { loss: 1 } };

class FakePort implements ComputePort {
  readonly sent: FromCompute[] = [];
  receive: (message: ToCompute) => void = () => undefined;
  close: () => void = () => undefined;

  send(message: FromCompute): Promise<void> {
    this.sent.push(message);
    return Promise.resolve();
  }

  onMessage(listener: (message: ToCompute) => void): void {
    this.receive = listener;
  }

  onClose(listener: () => void): void {
    this.close = listener;
  }
}

function begin(search: StartSearch): { readonly port: FakePort; readonly done: Promise<void> } {
  const port = new FakePort();
  const done = serveJob(port, search);
  port.receive({ type: 'start', job });
  return { port, done };
}

describe('serveJob', () => {
  it('waits for the acknowledgement of a state before the search goes on, not for one of scalars', async () => {
    let reached = 0;
    const { port, done } = begin(async function* () {
      yield scalars;
      yield scalars;
      yield state(1);
      reached = 1;
      yield state(2);
      reached = 2;
    });
    await delay(5);
    expect(port.sent.map((message) => (message.type === 'event' ? (message.sequence ?? 'free') : message.type))).toEqual([
      'free',
      'free',
      1,
    ]);
    expect(reached).toBe(0);
    port.receive({ type: 'ack', sequence: 1 });
    await delay(5);
    expect(reached).toBe(1);
    port.receive({ type: 'ack', sequence: 2 });
    await done;
    expect(reached).toBe(2);
  });

  it('a stop request aborts the signal that the search asks between steps', async () => {
    const { port, done } = begin(async function* (_, signal) {
      while (!signal.aborted) await delay(1);
      yield scalars;
    });
    await delay(5);
    port.receive({ type: 'stop' });
    await done;
    expect(port.sent).toHaveLength(1);
  });

  it.each([
    [
      new StoreError('disk-full', 'no space', { tip: 'free some' }),
      { origin: 'store', failure: { code: 'disk-full', message: 'no space', tip: 'free some' } },
    ],
    [
      new RangeError('oops'),
      { origin: 'unexpected', failure: { code: 'unexpected', message: expect.stringContaining('oops'), tip: expect.any(String) } },
    ],
  ])('an error crosses as code, message and tip: %s', async (error, expected) => {
    // eslint-disable-next-line require-yield
    const { port, done } = begin(async function* () {
      throw error;
    });
    await done;
    expect(port.sent.at(-1)).toEqual({ type: 'failed', ...expected });
    expect(port.sent.slice(0, -1)).toEqual(
      error instanceof StoreError
        ? []
        : [
            {
              type: 'event',
              event: { type: 'log', level: 'warn', message: expect.stringMatching(/RangeError: oops\n\s+at .*compute-session\.test/) },
            },
          ],
    );
  });

  it('a parent that is gone ends the search instead of letting it wait for ever', async () => {
    const { port, done } = begin(async function* () {
      yield state(1);
    });
    await delay(5);
    port.close();
    await expect(done).rejects.toThrow(/gone/);
  });
});
