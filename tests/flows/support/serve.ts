import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import { ensureInterface } from '../../../build/ensure-interface.ts';

const root = resolve(import.meta.dirname, '../../..');

/** `lab serve` on a home, as a process of its own. */
export interface ServedHome {
  readonly home: string;
  readonly port: number;
  readonly pid: number;
  /** An address that was not used yet. */
  freshAddress(): Promise<string>;
  /** Ends it as Ctrl-C does. */
  close(): Promise<void>;
  /** Ends it without warning. */
  kill(): Promise<void>;
}

/** Builds the interface when it is stale, then serves `home` by the real command. */
export async function serveHome(
  home: string,
  options: { readonly args?: readonly string[]; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<ServedHome> {
  await ensureInterface();
  // By bin/follow.js, so that it ends with this process however that ends.
  const entry = [join(root, 'bin/follow.js'), join(root, 'electron/lab/cli/index.ts')];
  const args = ['--disable-warning=ExperimentalWarning', ...entry, 'serve', '--home', home, '--json'];
  const child = spawn(process.execPath, [...args, ...(options.args ?? [])], {
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const ended = new Promise<void>((end) => void child.once('close', () => end()));
  const fresh: string[] = [];
  const waiting: ((address: string) => void)[] = [];
  const offer = (address: string): void => {
    const taker = waiting.shift();
    if (taker === undefined) fresh.push(address);
    else taker(address);
  };
  let out = '';
  let err = '';
  const first = new Promise<{ address: string; port: number }>((done, fail) => {
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      out += text;
      try {
        done(JSON.parse(out) as { address: string; port: number });
      } catch {
        // The rest of the document comes.
      }
    });
    void ended.then(() => fail(new Error(`lab serve ended: ${out}${err}`)));
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    err = (err + text).slice(-20_000);
    for (const [, address] of text.matchAll(/For one more browser: (\S+)/g)) offer(address as string);
  });
  const { address, port } = await first;
  offer(address);
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    child.kill(signal);
    await ended;
  };
  return {
    home,
    port,
    pid: child.pid as number,
    freshAddress: () =>
      new Promise((done) => {
        const next = fresh.shift();
        if (next === undefined) waiting.push(done);
        else done(next);
      }),
    close: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
  };
}
