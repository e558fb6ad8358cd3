import { describe, expect, test, vi } from 'vitest';
import { LabLink } from '../../../electron/main/lab-link.ts';
import type { LabChild } from '../../../electron/main/lab-child.ts';
import type { FromLab } from '../../../electron/lab/process/protocol.ts';

const opened = { type: 'opened', home: '/h', workspace: '/w', exportsFolder: '/w/exports' } as const;

/** Children that end when told to. */
function startLink() {
  const children: { exit: (code: number) => void; tell: (message: FromLab) => void }[] = [];
  const died = vi.fn();
  const link = new LabLink({
    launch: () => {
      const exits: ((code: number) => void)[] = [];
      const listeners: ((message: FromLab) => void)[] = [];
      children.push({
        exit: (code) => exits.forEach((listener) => listener(code)),
        tell: (message) => listeners.forEach((listener) => listener(message)),
      });
      return {
        pid: 1,
        isBrokered: false,
        send: () => undefined,
        onMessage: (listener) => void listeners.push(listener),
        onExit: (listener) => void exits.push(listener),
        onErrorOutput: () => undefined,
        kill: () => undefined,
      } satisfies LabChild;
    },
    home: undefined,
    onEvents: () => undefined,
    onChild: () => undefined,
    onDied: died,
    log: () => undefined,
  });
  return { link, children, died };
}

describe("the lab's process", () => {
  test('died too often: what waited fails, what comes later fails at once, and closing waits for nothing', async () => {
    const { link, children, died } = startLink();
    const home = link.opened;
    const waiting = link.ask('settings');
    for (let n = 0; n < 4; n++) children[n]?.exit(1);
    expect(died.mock.calls).toEqual([[1, false], [1, false], [1, false], [1, true]]);
    const ends = [waiting, home, link.opened, link.ask('settings'), link.media({ path: [], query: {} })];
    for (const end of ends) await expect(end).rejects.toMatchObject({ code: 'lab-died' });
    await link.close();
    expect(children).toHaveLength(4);
  });

  test('who waited for one that never opened learns of the next', async () => {
    const { link, children } = startLink();
    const home = link.opened;
    children[0]?.exit(1);
    children[1]?.tell(opened);
    expect(await home).toMatchObject({ home: '/h' });
  });
});
