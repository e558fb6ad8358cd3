import { z } from 'zod';
import { parseArchitecture } from '../catalog.ts';
import { EngineError } from '../error.ts';
import type { Architecture, Problem } from '../spaces/search-space.ts';
import { spaceProblems } from './check-space.ts';
import { strategyProblems } from './check-strategy.ts';
import { searchConfigSchema } from './config-schema.ts';
import { nearestOption, optionPaths } from './nearest-option.ts';
import {
  dataDefaults,
  optimizerDefaults,
  precisionDefaults,
  proxyDefaults,
  scheduleDefaults,
  strategyDefaults,
} from './presets/defaults.ts';
import { presets } from './presets.ts';

/** Everything that decides a search, complete and checked. Plain JSON: it is stored with the experiment. */
export type SearchConfig = z.infer<typeof searchConfigSchema>;
export type StrategyConfig = SearchConfig['strategy'];
export type ShrinkConfig = Extract<StrategyConfig, { id: 'shrink' }>;
export type RandomConfig = Extract<StrategyConfig, { id: 'random' }>;
export type FixedConfig = Extract<StrategyConfig, { id: 'fixed' }>;
export type TrainConfig = SearchConfig['train'];
export type OptimizerConfig = TrainConfig['optimizer'];
export type ScheduleConfig = TrainConfig['schedule'];
export type TrialConfig = Exclude<StrategyConfig, ShrinkConfig | FixedConfig>;
export type DataConfig = SearchConfig['data'];
export type SegmentationDataConfig = Extract<DataConfig, { kind: 'segmentation' }>;
export type KeypointsDataConfig = Extract<DataConfig, { kind: 'keypoints' }>;
export type ProxyConfig = SearchConfig['proxy'];
export type FrozenProxyConfig = Extract<ProxyConfig, { id: 'frozen-backbone' }>;
export type PresetName = keyof typeof presets;

/** The same as a JSON schema: types, limits and alternatives, for forms. */
export function configJsonSchema(): unknown {
  return z.toJSONSchema(searchConfigSchema, { io: 'input', unrepresentable: 'any' });
}

/**
 * Completes `value` with its preset ('paper' when it names none) and lists everything that is wrong with it, each with its path.
 * The list is empty when `parseSearchConfig` accepts it.
 */
export function checkSearchConfig(value: unknown): readonly Problem[] {
  const result = complete(value);
  return 'problems' in result ? result.problems : [];
}

/** The complete config of a (partial) one. Throws EngineError 'invalid-config' that names all problems with their paths. */
export function parseSearchConfig(value: unknown): SearchConfig {
  const result = complete(value);
  if ('config' in result) return result.config;
  const lines = result.problems.map((problem) => `${problem.path}: ${problem.message}`);
  throw new EngineError('invalid-config', `search config: ${lines.length} problem${lines.length === 1 ? '' : 's'}: ${lines.join('; ')}`, {
    tip: '`lab config demo` prints a complete example with comments',
  });
}

function complete(value: unknown): { config: SearchConfig } | { problems: Problem[] } {
  if (!isRecord(value)) return { problems: [{ path: '(whole)', message: `expected an object, got ${describe(value)}` }] };
  const preset = value.preset ?? 'paper';
  if (typeof preset !== 'string' || !Object.hasOwn(presets, preset)) {
    return { problems: [{ path: 'preset', message: `${describe(preset)} is unknown; there are ${Object.keys(presets).join(', ')}` }] };
  }
  const merged = withOwnSpace(mergeConfig(presets[preset as PresetName], value) as Record<string, unknown>, value);
  const parsed = searchConfigSchema.safeParse(merged);
  if (!parsed.success) return { problems: withSuggestions(parsed.error.issues.flatMap(problemsOf), merged) };
  const problems = crossChecks(parsed.data);
  return problems.length > 0 ? { problems } : { config: parsed.data };
}

/** The settings of a fixed network are its own, never a preset's: `space` is what was given, else what the network says. */
function withOwnSpace(merged: Record<string, unknown>, { space }: Record<string, unknown>): Record<string, unknown> {
  const { strategy } = merged;
  if (!isRecord(strategy) || strategy.id !== 'fixed') return merged;
  const settings = isRecord(strategy.arch) ? strategy.arch.settings : undefined;
  return { ...merged, space: isRecord(space) && Object.keys(space).length === 0 ? (settings ?? {}) : (space ?? settings ?? {}) };
}

/** What no single field can tell. */
function crossChecks(config: SearchConfig): Problem[] {
  const problems: Problem[] = [];
  const { strategy, data, train } = config;
  if (data.kind === 'segmentation' && data.scale[0] > data.scale[1]) {
    problems.push({ path: 'data.scale', message: `the lower end ${data.scale[0]} is above the upper end ${data.scale[1]}` });
  }
  problems.push(...strategyProblems(strategy));
  if (train.optimizer.id === 'adamw' && train.optimizer.decoupledWeightDecay > 0 && train.weightDecay > 0) {
    problems.push({ path: 'train.optimizer.decoupledWeightDecay', message: 'is above 0 beside train.weightDecay; use one of them' });
  }
  problems.push(...scheduleProblems(train));
  const fixed = strategy.id === 'fixed' ? checkedArch(strategy.arch, config.system) : undefined;
  if (typeof fixed === 'string') problems.push({ path: 'strategy.arch', message: fixed });
  else problems.push(...spaceProblems(config, fixed));
  return problems;
}

function scheduleProblems({ schedule, optimizer, learningRate, rateWarmupSteps }: TrainConfig): Problem[] {
  const problems: Problem[] = [];
  if (schedule.id === 'one-cycle') {
    if (rateWarmupSteps > 0) problems.push({ path: 'train.rateWarmupSteps', message: 'one-cycle has its own rise; use 0' });
    if ('momentum' in optimizer && optimizer.momentum === 0) {
      problems.push({
        path: 'train.optimizer.momentum',
        message: 'is 0; one-cycle moves it between the ends of train.schedule.beta1: use any value above 0, or another schedule',
      });
    }
  }
  if (schedule.id === 'poly' && schedule.floor > learningRate) {
    problems.push({ path: 'train.schedule.floor', message: `${schedule.floor} is above train.learningRate (${learningRate})` });
  }
  return problems;
}

/** The network in canonical form, or what is wrong with it. */
function checkedArch(arch: unknown, system: string): Architecture | string {
  try {
    const parsed = parseArchitecture(arch);
    return parsed.space === system ? parsed : `is of the space ${parsed.space}; the system is ${system}`;
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    return error.message;
  }
}

const replacedWhole: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  strategy: strategyDefaults,
  'train.optimizer': optimizerDefaults,
  'train.schedule': scheduleDefaults,
  'train.precision': precisionDefaults,
  data: dataDefaults,
  proxy: proxyDefaults,
};

/** What tells alternatives apart. */
const discriminator = (path: string): 'id' | 'kind' => (path === 'data' ? 'kind' : 'id');

/** `over` laid over `base`, object by object; an alternative with another `id` (of data: `kind`) starts from its own defaults. */
export function mergeConfig(base: unknown, over: unknown, path = ''): unknown {
  if (!isRecord(base) || !isRecord(over)) return over;
  const alternatives = replacedWhole[path];
  let start: Record<string, unknown> = base;
  const key = discriminator(path);
  if (alternatives !== undefined && over[key] !== undefined && over[key] !== base[key]) {
    start = isRecord(alternatives[String(over[key])]) ? (alternatives[String(over[key])] as Record<string, unknown>) : {};
  }
  const result: Record<string, unknown> = { ...start };
  for (const [name, value] of Object.entries(over)) {
    result[name] = Object.hasOwn(start, name) ? mergeConfig(start[name], value, path === '' ? name : `${path}.${name}`) : value;
  }
  return result;
}

/**
 * Lays `--set` texts such as `strategy.penalties=[0.01,0.1]` or `data.workers=0` over a (partial) config.
 * A value is JSON where it parses as JSON, else text. Throws EngineError 'invalid-argument'.
 */
export function applySettings(config: unknown, settings: readonly string[]): unknown {
  let result: unknown = config;
  for (const setting of settings) {
    const equals = setting.indexOf('=');
    const path = setting.slice(0, Math.max(equals, 0)).split('.');
    if (equals < 1 || path.some((part) => part === '' || part === '__proto__')) {
      throw new EngineError('invalid-argument', `--set: expected path=value, got ${JSON.stringify(setting)}`, {
        tip: 'for example --set strategy.penalties=[0.01,0.1]',
      });
    }
    const value = path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), jsonOrText(setting.slice(equals + 1)));
    result = mergeConfig(result, value);
  }
  return result;
}

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

const notAnOption = 'is not an option here';

function problemsOf(issue: z.core.$ZodIssue): Problem[] {
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => ({ path: [...path, key].join('.'), message: notAnOption }));
  return [{ path: path.join('.') || '(whole)', message: issue.message }];
}

/** Names for each option that does not exist the one that was probably meant. */
function withSuggestions(problems: readonly Problem[], config: unknown): Problem[] {
  const unknown = problems.filter(({ message }) => message === notAnOption).map(({ path }) => path);
  const isUnknown = (path: string): boolean => unknown.some((entry) => path === entry || path.startsWith(`${entry}.`));
  const known = optionPaths(config).filter((path) => !/^(space|strategy\.arch)\./.test(path) && !isUnknown(path));
  return problems.map((problem) => {
    const nearest = problem.message === notAnOption ? nearestOption(problem.path, known) : undefined;
    return nearest === undefined ? problem : { ...problem, message: `${notAnOption}; did you mean ${nearest}?` };
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function describe(value: unknown): string {
  return JSON.stringify(value) ?? String(value);
}
