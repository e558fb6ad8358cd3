import type { ComputeUsage } from './protocol.ts';

const everyMs = 2_000;

/** What this process takes of the machine, measured now and then. */
export class UsageMeter {
  #at = performance.now();
  #cpu = process.cpuUsage();

  /** Does nothing unless some seconds have passed since the last report. */
  async report(send: (usage: ComputeUsage) => Promise<void>): Promise<void> {
    const now = performance.now();
    const passedMs = now - this.#at;
    if (passedMs < everyMs) return;
    const { user, system } = process.cpuUsage(this.#cpu);
    this.#at = now;
    this.#cpu = process.cpuUsage();
    await send({ type: 'usage', memoryBytes: process.memoryUsage.rss(), cores: (user + system) / 1000 / passedMs });
  }
}
