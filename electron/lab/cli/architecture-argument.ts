import { existsSync } from 'node:fs';
import { findPublished, findSpace, parseArchitecture } from '../../../engine/catalog.ts';
import type { Shape } from '../../../engine/graph/model-graph.ts';
import type { Architecture, SearchSpace } from '../../../engine/spaces/search-space.ts';
import type { ArchitectureRef } from '../../ipc/architecture.ts';
import type { TrialView } from '../../ipc/contract.ts';
import { CliError } from './failure.ts';
import { readJson } from './files.ts';
import type { Session } from './session.ts';

const trialName = /^([\w-]+):t(\d+)$/;

export const architectureHelp =
  'a file {space, version, settings, choices}, - for standard input, SPACE:NAME (published), or EXPERIMENT:tN (a trial)';

export interface ResolvedArchitecture {
  readonly arch: Architecture;
  readonly space: SearchSpace;
  /** The trial it came from, when it was named by one. */
  readonly trial?: TrialView;
}

/** What the argument ARCH names, checked. Throws CliError and EngineError with every problem and its path. */
export async function resolveArchitecture(session: Session, text: string): Promise<ResolvedArchitecture> {
  if (text !== '-' && !existsSync(text)) {
    if (trialName.test(text)) {
      const trial = await trialOf(session, text);
      return { arch: trial.arch, space: findSpace(trial.arch.space), trial };
    }
    if (/^[\w-]+:[^/\\]+$/.test(text)) return withSpace(findPublished(text));
  }
  const value = readJson(text, 'the architecture');
  // A trial as `lab best --json` prints it holds its architecture.
  const inner = typeof value === 'object' && value !== null && 'arch' in value ? value.arch : value;
  return withSpace(parseArchitecture(inner));
}

function withSpace(arch: Architecture): ResolvedArchitecture {
  return { arch, space: findSpace(arch.space) };
}

/** 'ID:t12' as the trial it names. */
export async function trialOf(session: Session, text: string): Promise<TrialView> {
  const match = trialName.exec(text);
  if (match === null) throw new CliError('usage', `A trial is named EXPERIMENT:tN, for example hrnas-7f3a2c:t12; got '${text}'.`);
  const [, id = '', number] = match;
  const trials = await (await session.lab()).trials(id);
  const trial = trials.find((entry) => entry.number === Number(number));
  if (trial === undefined) {
    throw new CliError(
      'unknown-trial',
      `${id} has no trial t${number}; it has ${trials.length === 0 ? 'none yet' : `${trials.length}, t${trials[0]?.number} to t${trials.at(-1)?.number}`}.`,
    );
  }
  return trial;
}

/** [height, width, 3]: as asked for, else as its trial was measured, else as published. */
export function inputShape({ space, arch, trial }: ResolvedArchitecture, input: readonly [number, number] | undefined): Shape {
  if (input !== undefined) return [...input, 3];
  return trial?.cost?.input ?? space.defaultInput(arch.settings);
}

/** The argument ARCH as the operations take it; files and standard input are read here. */
export async function refOf(session: Session, text: string): Promise<ArchitectureRef> {
  const { arch, trial, space } = await resolveArchitecture(session, text);
  if (trial !== undefined) return { experiment: trial.experiment, trial: trial.number };
  return space.published.some((entry) => entry.name === text && entry.arch === arch) ? { published: text } : { architecture: arch };
}
