/** What every space checks of an architecture in the same way. */
import { EngineError } from '../error.ts';
import type { Architecture, Choice, Problem } from './search-space.ts';

/** The numbers that a choice offers, named options by their index, largest first. */
export function offeredBy({ options, values, range = [0, 0] }: Choice): readonly number[] {
  const [low, high] = options === undefined ? range : [0, options.length - 1];
  return values ?? Array.from({ length: high - low + 1 }, (_, i) => high - i);
}

/**
 * Problems of id and version, else of the settings, else of the choices: missing, not offered, unknown. All together, with paths; `offer` says
 * in words what a choice offers.
 */
export function checkArchitecture(
  arch: Architecture,
  { id, version }: { readonly id: string; readonly version: number },
  checkSettings: (settings: Architecture['settings']) => readonly Problem[],
  choicesOf: (settings: Architecture['settings']) => readonly Choice[],
  offer: (choice: Choice) => string = offerText,
): Problem[] {
  const problems: Problem[] = [];
  if (arch.space !== id) problems.push({ path: 'space', message: `must be ${id}, not ${JSON.stringify(arch.space)}` });
  if (arch.version !== version) problems.push({ path: 'version', message: `must be ${version}, not ${JSON.stringify(arch.version)}` });
  problems.push(...checkSettings(arch.settings));
  return problems.length > 0 ? problems : checkChoices(arch.choices, choicesOf(arch.settings), offer);
}

function checkChoices(given: Architecture['choices'], choices: readonly Choice[], offer: (choice: Choice) => string): Problem[] {
  const problems: Problem[] = [];
  for (const choice of choices) {
    const value = given[choice.name];
    const path = `choices.${choice.name}`;
    if (value === undefined) problems.push({ path, message: `is missing; ${offer(choice)}` });
    else if (!offeredBy(choice).includes(value)) problems.push({ path, message: `is ${JSON.stringify(value)}; ${offer(choice)}` });
  }
  const known = new Set(choices.map((choice) => choice.name));
  for (const name of Object.keys(given)) {
    if (!known.has(name)) problems.push({ path: `choices.${name}`, message: 'is no choice of this space' });
  }
  return problems;
}

const shownOptions = 6;

function offerText({ options, values, range = [0, 0] }: Choice): string {
  if (values !== undefined) return `the options are ${values.join(', ')}`;
  if (options === undefined) return `the options are ${range[0]}..${range[1]}`;
  const shown = options.slice(0, shownOptions).join(', ');
  return `the options are 0..${options.length - 1} (${shown}${options.length > shownOptions ? ', ...' : ''})`;
}

/** Throws EngineError 'bad-architecture' with up to five of the problems; nothing when there are none. */
export function refuseProblems(id: string, problems: readonly Problem[]): void {
  if (problems.length === 0) return;
  const shown = problems.slice(0, 5).map((problem) => `${problem.path} ${problem.message}`);
  const more = problems.length > 5 ? `; and ${problems.length - 5} more` : '';
  throw new EngineError('bad-architecture', `${id}: ${shown.join('; ')}${more}.`, {
    tip: `Every choice and its options is listed by \`lab space show ${id}\`.`,
  });
}
