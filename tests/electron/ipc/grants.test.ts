import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { PathGrants } from '../../../electron/ipc/grants.ts';

const folder = mkdtempSync(join(tmpdir(), 'lab-grants-'));
afterAll(() => rmSync(folder, { recursive: true }));
const home = join(folder, 'home');
for (const name of ['home/experiments', 'home/workspace', 'out']) mkdirSync(join(folder, name), { recursive: true });
writeFileSync(join(home, 'lab.sqlite'), 'records');
symlinkSync(home, join(folder, 'out/way-in'));
const grants = new PathGrants([folder]);
grants.protect(home, [join(home, 'workspace'), folder, home]);

describe("the lab's own files among granted ones", () => {
  test.each(['home', 'home/lab.sqlite', 'home/experiments/a/front.csv', 'home/new.json', 'out/way-in/lab.sqlite', 'home/workspace/../lab.sqlite'])(
    '%s may be read, not written',
    (name) => {
      const path = join(folder, name);
      expect(() => grants.check([{ path, access: 'read' }])).not.toThrow();
      expect(() => grants.check([{ path, access: 'write' }])).toThrow(expect.objectContaining({ code: 'path-protected' }));
    },
  );

  test.each(['home/workspace/exports/front.csv', 'out/front.csv', 'home-of-others/x.csv'])('%s may be written', (name) => {
    expect(() => grants.check([{ path: join(folder, name), access: 'write' }])).not.toThrow();
  });
});
