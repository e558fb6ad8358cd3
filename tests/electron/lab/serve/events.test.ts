import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { LabEvent } from '../../../../electron/ipc/contract.ts';
import type { EventMessage } from '../../../../electron/ipc/event-message.ts';
import { batchMs, EventBatch } from '../../../../electron/lab/serve/event-batch.ts';
import { startServer } from './serve-fixture.ts';

const scalars = (step: number, id = 'a'): LabEvent => ({
  type: 'search',
  id,
  event: { type: 'scalars', step, phase: 'train', values: { loss: step } },
});
const log = (message: string): LabEvent => ({ type: 'search', id: 'a', event: { type: 'log', level: 'info', message } });
const job = (done: number): LabEvent => ({
  type: 'job',
  job: { id: 'job-1', kind: 'k', title: 't', state: 'running', progress: { done }, startedAt: '' },
});

function batchInto(messages: EventMessage[], canTake = (): boolean => true): EventBatch {
  return new EventBatch({ canTake, send: (message) => messages.push(message) });
}

describe('gathered events', () => {
  test('the first at once, the next ones together after a quarter of a second; of scalars and jobs the newest', async () => {
    const messages: EventMessage[] = [];
    const batch = batchInto(messages);
    batch.add(log('one'));
    await delay(20);
    expect(messages).toEqual([{ events: [log('one')] }]);
    for (let step = 1; step <= 1000; step++) batch.add(scalars(step));
    batch.add(job(1));
    batch.add(log('two'));
    batch.add(scalars(7, 'b'));
    batch.add(job(2));
    await delay(batchMs + 50);
    expect(messages.slice(1)).toEqual([{ events: [scalars(1000), log('two'), scalars(7, 'b'), job(2)] }]);
  });

  test('a listener that is behind misses events and is told to read again', async () => {
    const messages: EventMessage[] = [];
    let isBehind = true;
    const batch = batchInto(messages, () => !isBehind);
    batch.add(log('lost'));
    await delay(20);
    isBehind = false;
    await delay(batchMs + 50);
    expect(messages).toEqual([{ events: [], resync: true }]);
    batch.add(log('next'));
    await delay(batchMs + 50);
    expect(messages[1]).toEqual({ events: [log('next')] });
  });

  test('more than can wait: none of them is sent, and the message says so', async () => {
    const messages: EventMessage[] = [];
    const batch = batchInto(messages);
    for (let i = 0; i <= 5_000; i++) batch.add(log(`${i}`));
    await delay(20);
    expect(messages).toEqual([{ events: [], resync: true }]);
  });
});

describe('the event stream', () => {
  test('an admitted page receives events, at most four messages a second', async () => {
    const { server, cookie, origin, emit } = await startServer();
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}/events`, { headers: { cookie, origin } });
    await new Promise((open) => socket.once('open', open));
    const messages: EventMessage[] = [];
    socket.on('message', (data: Buffer) => messages.push(JSON.parse(data.toString()) as EventMessage));
    const until = performance.now() + 1_100;
    for (let step = 0; performance.now() < until; step++) {
      emit(scalars(step));
      await delay(5);
    }
    expect(messages.length).toBeGreaterThanOrEqual(3);
    expect(messages.length).toBeLessThanOrEqual(5);
    socket.terminate();
  });

  test('a message from the page that is too long closes its socket alone', async () => {
    const { server, cookie, origin, get } = await startServer();
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}/events`, { headers: { cookie, origin } });
    await new Promise((open) => socket.once('open', open));
    socket.send('x'.repeat(100_000));
    await new Promise((close) => socket.once('close', close));
    expect((await get('/')).status).toBe(200);
  });
});
