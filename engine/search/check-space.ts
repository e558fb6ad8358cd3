import { EngineError } from '../error.ts';
import { canonicalJson } from '../spaces/canonical.ts';
import type { Architecture, Problem } from '../spaces/search-space.ts';
import type { SearchConfig } from './config.ts';
import { spaceOf, supernetOf } from './network.ts';
import { systemRules, taskProblems } from './system-rules.ts';

/** Settings of the space, and what they ask of image sizes. `fixed` is the network of the strategy 'fixed', already checked by its space. */
export function spaceProblems(config: SearchConfig, fixed: Architecture | undefined): readonly Problem[] {
  const settings = settingsProblems(config);
  if (settings.length > 0) return settings;
  const rules = [...taskProblems(config), ...systemRules[config.system].problems(config)];
  if (rules.length > 0) return rules;
  if (fixed !== undefined) {
    const problem = differenceOf(config, fixed.settings);
    if (problem !== undefined) return [problem];
  }
  return sizeProblems(config, fixed ?? supernetOf(config));
}

/** What the space says of the settings alone: problems of the choices come only where the settings have none. */
function settingsProblems(config: SearchConfig): Problem[] {
  const { id, version, check } = spaceOf(config);
  return check({ space: id, version, settings: config.space, choices: {} })
    .filter(({ path }) => /^settings\b/.test(path))
    .map(({ path, message }) => ({ path: path.replace(/^settings/, 'space'), message }));
}

function differenceOf(config: SearchConfig, settings: Architecture['settings']): Problem | undefined {
  const space = spaceOf(config);
  const [given, own] = [config.space, settings].map((value) => space.largest(value).settings) as [
    Architecture['settings'],
    Architecture['settings'],
  ];
  const key = [...new Set([...Object.keys(given), ...Object.keys(own)])].find(
    (name) => canonicalJson(given[name] ?? null) !== canonicalJson(own[name] ?? null),
  );
  if (key === undefined) return undefined;
  const shown = (value: unknown): string => (value === undefined ? 'the published value' : JSON.stringify(value));
  return {
    path: `space.${key}`,
    message: `is ${shown(given[key])}; strategy.arch has ${shown(own[key])}: leave space out, it follows from the network`,
  };
}

type NamedSize = readonly [path: string, size: readonly [number, number]];

/** Builds the network at every size that the search will build it at. */
function sizeProblems({ system, data, strategy }: SearchConfig, arch: Architecture): Problem[] {
  const sizes: NamedSize[] = [
    ...(data.kind === 'keypoints'
      ? [['data.inputSize', data.inputSize] as NamedSize]
      : ([
          ['data.crop', data.crop],
          ['data.evaluationSize', data.evaluationSize],
        ] as const)),
    ...(strategy.id === 'shrink' ? [['strategy.profileSize', strategy.profileSize] as NamedSize] : []),
  ];
  return sizes.flatMap(([path, size]) => {
    const message = refusal(system, arch, size);
    return message === undefined ? [] : [{ path, message: `${size.join('x')}: ${message}` }];
  });
}

/** Answers by network and size: building one takes tens of milliseconds, and a configuration is checked several times on its way. */
const answers = new Map<string, string | undefined>();
const maxAnswers = 64;

/** Why the space builds no network for the size; undefined when it does. */
function refusal(system: SearchConfig['system'], arch: Architecture, [height, width]: readonly [number, number]): string | undefined {
  const key = `${system} ${height}x${width} ${canonicalJson(arch)}`;
  if (answers.has(key)) return answers.get(key);
  let message: string | undefined;
  try {
    spaceOf({ system }).graph(arch, [height, width, 3]);
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    message = error.message;
  }
  if (answers.size >= maxAnswers) answers.clear();
  answers.set(key, message);
  return message;
}
