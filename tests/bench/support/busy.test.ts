import { spawn } from 'node:child_process';
import { expect, it } from 'vitest';
import { watchOthers } from './busy.ts';

it.skipIf(process.platform !== 'linux')('a program that spins counts as another one unless it is told to be ours', async () => {
  const spinning = spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' });
  try {
    const [all, rest] = [watchOthers([]), watchOthers([spinning.pid!])];
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(all() - rest()).toBeGreaterThan(0.1);
  } finally {
    spinning.kill();
  }
});
