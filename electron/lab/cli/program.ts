import { Command, CommanderError } from 'commander';
import packageJson from '../../../package.json' with { type: 'json' };
import { wholeNumber } from './arguments.ts';
import { fullName } from './command.ts';
import type { CommandHost } from './command.ts';
import { addArchCommands } from './commands/arch.ts';
import { addBackendCommands } from './commands/backend.ts';
import { addCompareCommand } from './commands/compare.ts';
import { addCostCommands } from './commands/cost.ts';
import { addDataCommands } from './commands/data.ts';
import { addDemoCommand } from './commands/demo.ts';
import { addEvaluationCommands } from './commands/evaluations.ts';
import { addExperimentCommands } from './commands/experiments.ts';
import { addExportCommands } from './commands/export.ts';
import { addFitCommand } from './commands/fit.ts';
import { addFollowUpCommands } from './commands/follow-up.ts';
import { addFrontCommands } from './commands/front.ts';
import { addGraphCommands } from './commands/graph.ts';
import { addHomeCommands } from './commands/home.ts';
import { addMarkCommands } from './commands/mark.ts';
import { addLatencyCommands } from './commands/latency.ts';
import { addMetricCommand } from './commands/metric.ts';
import { addNetworkCommands } from './commands/network.ts';
import { addSearchCommands } from './commands/search.ts';
import { addServeCommand } from './commands/serve.ts';
import { addSpaceCommands } from './commands/space.ts';
import { addSubmissionCommand } from './commands/submission.ts';
import { addVerifyCommand } from './commands/verify.ts';
import { CliError } from './failure.ts';

/** Declares every command; explicit, in the order in which `lab help` lists them. */
const declarations: readonly ((program: Command, host: CommandHost) => void)[] = [
  addDemoCommand,
  addDataCommands,
  addMetricCommand,
  addSpaceCommands,
  addArchCommands,
  addCostCommands,
  addGraphCommands,
  addLatencyCommands,
  addNetworkCommands,
  addEvaluationCommands,
  addSubmissionCommand,
  addFitCommand,
  addVerifyCommand,
  addSearchCommands,
  addExperimentCommands,
  addFrontCommands,
  addFollowUpCommands,
  addCompareCommand,
  addMarkCommands,
  addExportCommands,
  addServeCommand,
  addHomeCommands,
  addBackendCommands,
];

/** `help` was asked for; `complaint` is the help of a group whose command is missing. Errors are thrown, not written. */
export interface HelpWriter {
  help(text: string): void;
  complaint(text: string): void;
}

/** The whole command line as a commander program. It throws instead of ending the process and writes nothing but help and version. */
export function createProgram(host: CommandHost, write: HelpWriter): Command {
  const program = new Command('lab')
    .description('Paretoscope: neural architecture search, accuracy against MACs.')
    .version(packageJson.version, '--version', 'print the version')
    .option('--home <DIR>', "folder of experiments and settings (else $LAB_HOME, else the platform's data folder)")
    .option('--json', 'one JSON document on standard output, nothing else')
    .option('--backend <ID>', 'what computes: see `lab backend ls`')
    .option('--threads <N>', 'threads of a backend that has more than one', wholeNumber('--threads', 1, 1024))
    .option('--seed <N>', 'where randomness starts from', wholeNumber('--seed', 0, 2 ** 32 - 1))
    .option('--quiet', 'no progress and no notices')
    .helpOption('-h, --help', 'explain a command')
    .helpCommand(false)
    .configureHelp({ showGlobalOptions: true, sortOptions: false })
    .addHelpText('after', '\nExit codes: 0 done, 1 failed, 2 wrong usage or invalid input, 3 infeasible, 130 interrupted (state kept).');
  for (const declare of declarations) declare(program, host);
  addHelpCommand(program);
  eachCommand(program, (command) => {
    command
      .helpCommand(false)
      .exitOverride((error) => fail(command, error))
      .configureOutput({ writeOut: write.help, writeErr: (text) => (text.startsWith('error:') ? undefined : write.complaint(text)) })
      .showSuggestionAfterError(true);
  });
  return program;
}

/** Thrown as it is; where something is missing the hint is what is to be typed. */
function fail(command: Command, error: CommanderError): never {
  const isMissing = error.code === 'commander.missingArgument' || error.code === 'commander.missingMandatoryOptionValue';
  const [lab = '', ...names] = fullName(command).split(' ');
  const hint = `\`${usageOf(command)}\`; \`${lab} help ${names.join(' ')}\` explains it.`;
  throw isMissing ? new CommanderError(error.exitCode, error.code, `${error.message}\n(${hint})`) : error;
}

/** 'lab data relocate NAME DIR': arguments and the options that must be given. */
function usageOf(command: Command): string {
  const args = command.registeredArguments.map((argument) => {
    const name = `${argument.name().toUpperCase()}${argument.variadic ? '…' : ''}`;
    return argument.required ? name : `[${name}]`;
  });
  const options = command.options.filter((option) => option.mandatory).map((option) => option.flags.replace(/<(.*)>/, '$1'));
  return [fullName(command), ...args, ...options].join(' ');
}

/** `lab help`, `lab help cost`, `lab help data add`. */
function addHelpCommand(program: Command): void {
  program
    .command('help')
    .argument('[command...]', 'for example: data add')
    .description('explain a command, with an example')
    .addHelpText('after', '\nExample:\n  lab help data add')
    .action((names: readonly string[]) => {
      let command = program;
      for (const name of names) {
        const next = command.commands.find((entry) => entry.name() === name || entry.aliases().includes(name));
        if (next === undefined) {
          throw new CliError('usage', `help: there is no command '${names.join(' ')}'.`, { tip: '`lab help` lists the commands.' });
        }
        command = next;
      }
      command.outputHelp();
    });
}

export function eachCommand(command: Command, visit: (command: Command) => void): void {
  visit(command);
  for (const child of command.commands) eachCommand(child, visit);
}
