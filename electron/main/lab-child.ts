import { fork } from 'node:child_process';
import type { Serializable } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { utilityProcess } from 'electron';
import type { MessagePortMain } from 'electron';
import { plainNodeVariable } from '../compute/plain-node.ts';
import type { FromLab, ToLab } from '../lab/process/protocol.ts';

/** The process that holds the lab, as the main process sees it. */
export interface LabChild {
  readonly pid: number | undefined;
  /** Whether processes that compute are started by the main process. */
  readonly isBrokered: boolean;
  send(message: ToLab, ports?: readonly MessagePortMain[]): void;
  onMessage(listener: (message: FromLab) => void): void;
  onExit(listener: (code: number) => void): void;
  onErrorOutput(listener: (text: string) => void): void;
  kill(): void;
}

export type LaunchLab = () => LabChild;

/** For utility processes: that of the app, and where the Node lies that comes with it (see electron/compute/plain-node.ts). */
export function utilityEnvironment(): Record<string, string> {
  const node = plainNode();
  return { ...(process.env as Record<string, string>), ...(node === undefined ? {} : { [plainNodeVariable]: node }) };
}

/** The bundle lies in out/electron; packages lie two folders up, in a package beside its archive. */
function plainNode(): string | undefined {
  const modules = join(__dirname, '../../node_modules').replace(/\.asar([/\\])/, '.asar.unpacked$1');
  const system = process.platform === 'win32' ? 'win' : process.platform;
  const program = process.platform === 'win32' ? 'bin/node.exe' : 'bin/node';
  return [`node-${system}-${process.arch}`, `node-bin-${system}-${process.arch}`]
    .map((name) => join(modules, name, program))
    .find((path) => existsSync(path));
}

/** In the product: a utility process. */
export function utilityLab(entry: string): LaunchLab {
  return () => {
    const child = utilityProcess.fork(entry, [], {
      serviceName: 'Paretoscope lab',
      env: utilityEnvironment(),
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    return {
      get pid() {
        return child.pid;
      },
      isBrokered: true,
      send: (message, ports = []) => child.postMessage(message, [...ports]),
      onMessage: (listener) => void child.on('message', (message) => listener(message as FromLab)),
      onExit: (listener) => void child.on('exit', listener),
      onErrorOutput: (listener) => void child.stderr?.on('data', (data) => listener(String(data))),
      kill: () => void child.kill(),
    };
  };
}

/** With a Node of another version than Electron's: a plain process, which starts those that compute itself. */
export function nodeLab(entry: string, node: string): LaunchLab {
  return () => {
    const child = fork(entry, [], { execPath: node, execArgv: [], serialization: 'advanced', stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
    child.on('error', () => undefined);
    return {
      get pid() {
        return child.pid;
      },
      isBrokered: false,
      send: (message) => {
        if (child.connected) child.send(message as unknown as Serializable, () => undefined);
      },
      onMessage: (listener) => void child.on('message', (message) => listener(message as unknown as FromLab)),
      onExit: (listener) => void child.on('close', (code) => listener(code ?? 1)),
      onErrorOutput: (listener) => void child.stderr?.on('data', (data) => listener(String(data))),
      kill: () => void child.kill('SIGKILL'),
    };
  };
}
