import type { Command } from 'commander';
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { PathGrants } from '../../../ipc/grants.ts';
import type { LabApi } from '../../../ipc/contract.ts';
import { findInterface } from '../../serve/interface-folder.ts';
import { catchLoose, writeToErrors } from '../../last-resort.ts';
import { openBrowser } from '../../serve/open-browser.ts';
import { collect, wholeNumber } from '../arguments.ts';
import { examples, handle } from '../command.ts';
import type { CommandHost } from '../command.ts';
import { CliError } from '../failure.ts';
import type { Session } from '../session.ts';

interface ServeCommandOptions {
  readonly port?: number;
  readonly open?: boolean;
  readonly root?: readonly string[];
}

/** `lab serve`: the interface in a browser. */
export function addServeCommand(program: Command, host: CommandHost): void {
  handle<[], ServeCommandOptions>(
    examples(
      program
        .command('serve')
        .description('the interface in a browser of this machine; Ctrl-C pauses what runs and ends it')
        .option('--port <N>', 'port of 127.0.0.1 (default: any that is free)', wholeNumber('--port', 1, 65_535))
        .option('--open', 'open the browser')
        .option('--root <DIR>', 'one more folder that the interface may reach beside your home folder; may be repeated', collect),
      ['lab serve --open', 'lab serve --port 4173 --root /data'],
      '{ "address": "http://127.0.0.1:41873/?token=…", "port": 41873, "home": "/home/you/.config/Paretoscope/lab" }',
    ),
    host,
    async (session, _, options) => {
      await serve(session, options);
      return undefined;
    },
  );
}

async function serve(session: Session, { port, open, root = [] }: ServeCommandOptions): Promise<void> {
  const { output, options } = session;
  const interfaceFolder = findInterface();
  const [{ openLab }, { serveLab }, { browserPlaces }, { exportsFolderOf, workspaceOf }] = await Promise.all([
    import('../../lab.ts'),
    import('../../serve/server.ts'),
    import('../../places/places.ts'),
    import('../../workspace.ts'),
  ]);
  const lab = openLab({ command: 'lab serve', runsQueue: true, ...(options.home === undefined ? {} : { home: options.home }) });
  mkdirSync(exportsFolderOf(lab.home), { recursive: true });
  const grants = new PathGrants([homedir(), ...root.map(checkedRoot), lab.home, workspaceOf(lab.home)]);
  grants.protect(lab.home, [workspaceOf(lab.home)]);
  const api: LabApi = { ...lab.api, ...browserPlaces(lab.home, grants) };
  const uncatch = catchLoose(writeToErrors, () => process.exit(1));
  try {
    const server = await serveLab({
      api,
      grants,
      serveMedia: lab.serveMedia,
      interfaceFolder,
      exportsFolder: () => exportsFolderOf(lab.home),
      ...(port === undefined ? {} : { port }),
      onAddress: (address) => output.notice(`For one more browser: ${address}`),
    });
    const ended = new Promise<void>((end) => void session.onInterrupt(end));
    announce(session, server.address, server.port, lab.home);
    if (open === true && !(await openBrowser(server.address))) output.notice('There is no browser to open: open the address by hand.');
    await ended;
    const running = (await api.experiments().catch(() => [])).filter(({ state }) => state === 'running');
    if (running.length > 0) output.notice(`Pausing ${running.map(({ name }) => name).join(', ')}…`);
    await server.close();
  } finally {
    await lab.close();
    uncatch();
  }
}

function announce({ output }: Session, address: string, port: number, home: string): void {
  output.answer({
    document: { address, port, home },
    text: [`Paretoscope (home ${home}) is at`, '', `  ${address}`, '', 'The address works once, on this machine. Ctrl-C ends.'].join('\n'),
  });
}

function checkedRoot(given: string): string {
  const path = resolve(given);
  if (!existsSync(path) || !statSync(path).isDirectory()) throw new CliError('folder-not-found', `serve --root: ${path} is no folder.`);
  return path;
}
