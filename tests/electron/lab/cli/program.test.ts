import type { Command } from 'commander';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createProgram, eachCommand } from '../../../../electron/lab/cli/program.ts';
import { runLab } from './run-lab.ts';
import type { CliError } from './run-lab.ts';

function leaves(): { readonly names: string; readonly command: Command }[] {
  const found: { names: string; command: Command }[] = [];
  const namesOf = (command: Command): string[] => (command.parent === null ? [] : [...namesOf(command.parent), command.name()]);
  eachCommand(createProgram({ run: async () => undefined }, { help: () => undefined, complaint: () => undefined }), (command) => {
    if (command.commands.length === 0) found.push({ names: namesOf(command).join(' '), command });
  });
  return found;
}

function helpOf(command: Command): string {
  let text = '';
  command.configureOutput({ writeOut: (part) => (text += part) });
  command.outputHelp();
  return text;
}

describe('the program', () => {
  test('every command has a description and an example that names it', () => {
    for (const { names, command } of leaves()) {
      expect(command.description(), names).not.toBe('');
      expect(helpOf(command), names).toMatch(new RegExp(`Examples?:\n  lab ${names === 'help' ? 'help data add' : names}`));
    }
  });

  test('every argument and option has a description', () => {
    for (const { names, command } of leaves()) {
      for (const part of [...command.registeredArguments, ...command.options])
        expect(part.description, `${names} ${part.name()}`).not.toBe('');
    }
  });
});

describe('the process, slow: processes', () => {
  test('no arguments and help: the commands and the exit codes, exit 0', async () => {
    for (const args of [[], ['help'], ['--help']]) {
      const run = await runLab(args);
      expect(run.exit).toBe(0);
      expect(run.out).toMatch(/Commands:[^]*cost/);
      expect(run.out).toContain('130 interrupted');
    }
  });

  test('help of a command in a group: its example', async () => {
    const run = await runLab(['help', 'space', 'sample']);
    expect(run.exit).toBe(0);
    expect(run.out).toContain('lab space sample hr-nas --count 3 --seed 7');
  });

  test('--version: the version alone', async () => {
    const run = await runLab(['--version']);
    expect(run.exit).toBe(0);
    expect(run.out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test.each([
    ['an unknown command', ['nonsense'], /unknown command 'nonsense'/],
    ['an unknown command in a group', ['space', 'nonsense'], /unknown command 'nonsense'/],
    ['a group without a command', ['space'], /name one/],
    ['help of an unknown command', ['help', 'space', 'nonsense'], /no command 'space nonsense'/],
    ['an unknown option', ['space', 'ls', '--nonsense'], /unknown option '--nonsense'/],
    ['a missing argument', ['cost'], /missing required argument 'arch'/],
    ['an argument too many', ['space', 'ls', 'more'], /too many arguments/],
    ['an option without its value', ['cost', 'hr-nas:cs2', '--input'], /argument missing/],
    ['threads that are no number', ['space', 'ls', '--threads', 'two'], /--threads expects a whole number/],
    ['a negative seed', ['space', 'ls', '--seed', '-1'], /--seed expects a whole number/],
  ])('%s: exit 2, one sentence on standard error, and the same as JSON', async (_, args, message) => {
    const plain = await runLab(args);
    expect(plain.exit).toBe(2);
    expect(plain.out).toBe('');
    expect(plain.err).toMatch(message);
    const run = await runLab([...args, '--json']);
    expect(run.exit).toBe(2);
    expect(run.json<CliError>().error).toMatchObject({ code: 'usage', message: expect.stringMatching(message) });
  });
});

test.each([
  [['resume'], '`lab resume ID`; `lab help resume` explains it.'],
  [['data', 'relocate', 'city'], '`lab data relocate NAME DIR`; `lab help data relocate` explains it.'],
  [['front'], '`lab front IDS…`; `lab help front` explains it.'],
  [['metric', 'cityscapes'], '`lab metric KIND --truth PATH --predictions PATH`; `lab help metric` explains it.'],
])('slow: %j: what is missing is told by what is to be typed', async (args, tip) => {
  expect((await runLab([...args, '--json'])).json<CliError>().error.tip).toBe(tip);
});

describe('lab backend, slow: processes', () => {
  test('ls: what there is, how fast, and why not', async () => {
    const env = { LAB_NATIVE: join(tmpdir(), 'lab-test-native-that-is-never-made'), LAB_TENSORFLOW: '' };
    const { backends } = (await runLab(['backend', 'ls', '--json'], { env })).json<{
      backends: { id: string; isAvailable: boolean; reason?: string; stepMs?: number; factor?: number }[];
    }>();
    const ready = backends.filter((entry) => entry.isAvailable);
    expect(ready.map((entry) => entry.id)).toEqual(expect.arrayContaining(['wasm', 'cpu']));
    expect(backends.filter((entry) => !entry.isAvailable).every((entry) => entry.reason !== undefined)).toBe(true);
    expect(backends.find((entry) => entry.id === 'tensorflow')).toMatchObject({ reason: expect.stringContaining('lab backend install') });
    expect(backends.find((entry) => entry.id === 'wasm')).toMatchObject({ stepMs: expect.any(Number), factor: 1 });
  });

  test('bench of wasm: a measured step', async () => {
    const run = await runLab(['backend', 'bench', '--backend', 'wasm', '--json']);
    expect(run.exit).toBe(0);
    expect(run.json()).toMatchObject({ measured: [{ id: 'wasm', stepMs: expect.any(Number) }], chosen: { id: 'wasm' } });
  });

  test.each([
    ['threads on wasm', ['--backend', 'wasm', '--threads', '2'], 2, 'threads-not-supported'],
    ['an unknown backend', ['--backend', 'quantum'], 2, 'unknown-backend'],
    ['a backend that is not here', ['--backend', 'webgpu'], 1, 'backend-not-available'],
  ])('bench with %s is refused', async (_, options, exit, code) => {
    const run = await runLab(['backend', 'bench', ...options, '--json']);
    expect(run.exit).toBe(exit);
    expect(run.json<CliError>().error.code).toBe(code);
  });
});
