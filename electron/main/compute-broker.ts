import { MessageChannelMain, utilityProcess } from 'electron';
import type { UtilityProcess } from 'electron';
import type { ChildKind, FromLab } from '../lab/process/protocol.ts';
import { utilityEnvironment } from './lab-child.ts';
import type { LabChild } from './lab-child.ts';

const keptErrorOutput = 4_000;

/**
 * Starts processes that compute for the lab's process and hands each of the two one end of a channel; their messages do not pass here.
 * All of them end with the lab's process: what it did not store is done again.
 */
export class ComputeBroker {
  readonly #entries: Readonly<Record<ChildKind, string>>;
  readonly #lab: LabChild;
  readonly #children = new Map<number, UtilityProcess>();
  readonly #killed = new Set<number>();

  constructor(entries: Readonly<Record<ChildKind, string>>, lab: LabChild) {
    this.#entries = entries;
    this.#lab = lab;
  }

  launch({ child: id, kind, env }: Extract<FromLab, { type: 'launch' }>): void {
    const { port1, port2 } = new MessageChannelMain();
    const child = utilityProcess.fork(this.#entries[kind], [], {
      serviceName: `Paretoscope ${kind}`,
      env: { ...utilityEnvironment(), ...env },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#children.set(id, child);
    let errorOutput = '';
    let isLaunched = false;
    child.stderr?.on('data', (data) => {
      errorOutput = (errorOutput + String(data)).slice(-keptErrorOutput);
    });
    child.once('spawn', () => {
      isLaunched = true;
      child.postMessage(undefined, [port1]);
      this.#lab.send({ type: 'launched', child: id, pid: child.pid ?? 0 }, [port2]);
    });
    child.once('exit', (code) => {
      this.#children.delete(id);
      const isKilled = this.#killed.delete(id);
      if (isLaunched) this.#lab.send({ type: 'exited', child: id, code, isKilled, errorOutput });
      else this.#lab.send({ type: 'not-launched', child: id, message: `it ended with code ${code}. ${errorOutput}`.trim() });
    });
  }

  kill(id: number): void {
    if (this.#children.has(id)) this.#killed.add(id);
    this.#children.get(id)?.kill();
  }

  killAll(): void {
    for (const child of this.#children.values()) child.kill();
  }
}
