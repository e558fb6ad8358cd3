/** The official notation of a network: the parts `backbone` and `keypoint_head` of a model in the repository's configuration files. */
import { EngineError } from '../../error.ts';
import type { LiteNetwork, LiteStage } from './network.ts';

export interface OfficialConfig {
  readonly backbone: {
    readonly type: 'LiteHRNet';
    readonly in_channels: 3;
    readonly extra: {
      readonly stem: { readonly stem_channels: number; readonly out_channels: number; readonly expand_ratio: number };
      readonly num_stages: number;
      readonly stages_spec: Readonly<Record<StageList, readonly unknown[]>>;
      readonly with_head: boolean;
    };
  };
  readonly keypoint_head: {
    readonly type: 'TopDownSimpleHead';
    readonly in_channels: number;
    readonly out_channels: number;
    readonly num_deconv_layers: 0;
    readonly extra: { readonly final_conv_kernel: number };
  };
}

const stageLists = ['num_modules', 'num_branches', 'num_blocks', 'module_type', 'with_fuse', 'reduce_ratios', 'num_channels'] as const;
type StageList = (typeof stageLists)[number];

/** Stands in the released configuration of naive Lite-HRNet-18, whose finest branch has 30 channels; such a network cannot run. */
const releasedHeadChannels = 40;

/** Parts of a model that say nothing of its network. */
const withoutEffect = ['type', 'pretrained', 'train_cfg', 'test_cfg', 'loss_pose'];

export function formatConfig(network: LiteNetwork): OfficialConfig {
  const { stem, stemExpansion, stages, iterativeHead, joints, finalKernel } = network;
  const ofStages = <T>(entry: (stage: LiteStage) => T): T[] => stages.map(entry);
  return {
    backbone: {
      type: 'LiteHRNet',
      in_channels: 3,
      extra: {
        stem: { stem_channels: stem[0], out_channels: stem[1], expand_ratio: stemExpansion },
        num_stages: stages.length,
        stages_spec: {
          num_modules: ofStages((stage) => stage.modules),
          num_branches: ofStages((stage) => stage.widths.length),
          num_blocks: ofStages((stage) => stage.blocks),
          module_type: ofStages((stage) => (stage.block === 'shuffle' ? 'NAIVE' : 'LITE')),
          with_fuse: ofStages((stage) => stage.fuse),
          reduce_ratios: ofStages((stage) => (stage.block === 'shuffle' ? 1 : stage.ratio)),
          num_channels: ofStages((stage) => stage.widths),
        },
        with_head: iterativeHead,
      },
    },
    keypoint_head: {
      type: 'TopDownSimpleHead',
      in_channels: stages[stages.length - 1]!.widths[0]!,
      out_channels: joints,
      num_deconv_layers: 0,
      extra: { final_conv_kernel: finalKernel },
    },
  };
}

/**
 * The network of a configuration. How fusions add is the official code's. Whether sizes and widths fit is left to the space's own check.
 * Throws EngineError 'bad-architecture' that names the entry.
 */
export function parseConfig(value: unknown): LiteNetwork {
  const whole = tableOf(value, 'the configuration', ['backbone', 'keypoint_head', ...withoutEffect]);
  const backbone = tableOf(whole['backbone'], 'backbone', ['type', 'in_channels', 'extra']);
  expectValue(backbone['type'], 'backbone.type', 'LiteHRNet');
  expectValue(backbone['in_channels'] ?? 3, 'backbone.in_channels', 3);
  const extra = tableOf(backbone['extra'], 'backbone.extra', ['stem', 'num_stages', 'stages_spec', 'with_head']);
  const stem = tableOf(extra['stem'], 'backbone.extra.stem', ['stem_channels', 'out_channels', 'expand_ratio']);
  const stages = parseStages(extra['stages_spec'], numberOf(extra['num_stages'], 'backbone.extra.num_stages'));
  const head = tableOf(whole['keypoint_head'], 'keypoint_head', ['type', 'in_channels', 'out_channels', 'num_deconv_layers', 'extra']);
  expectValue(head['type'], 'keypoint_head.type', 'TopDownSimpleHead');
  expectValue(head['num_deconv_layers'], 'keypoint_head.num_deconv_layers', 0);
  const finest = stages[stages.length - 1]!.widths[0];
  if (head['in_channels'] !== releasedHeadChannels) expectValue(head['in_channels'], 'keypoint_head.in_channels', finest);
  const headExtra = tableOf(head['extra'] ?? {}, 'keypoint_head.extra', ['final_conv_kernel']);
  const path = 'backbone.extra.stem';
  return {
    stem: [numberOf(stem['stem_channels'], `${path}.stem_channels`), numberOf(stem['out_channels'], `${path}.out_channels`)],
    stemExpansion: numberOf(stem['expand_ratio'], `${path}.expand_ratio`),
    stages,
    fuseQuirk: true,
    iterativeHead: truthOf(extra['with_head'], 'backbone.extra.with_head'),
    joints: numberOf(head['out_channels'], 'keypoint_head.out_channels'),
    finalKernel: numberOf(headExtra['final_conv_kernel'] ?? 1, 'keypoint_head.extra.final_conv_kernel'),
  };
}

function parseStages(value: unknown, count: number): LiteStage[] {
  const path = 'backbone.extra.stages_spec';
  const spec = tableOf(value, path, stageLists);
  const lists = Object.fromEntries(
    stageLists.map((key) => {
      const list = spec[key];
      if (!Array.isArray(list) || list.length !== count || count === 0) {
        throw badConfig(`${path}.${key} must be a list with one entry for each of the ${count} stages, not ${JSON.stringify(list)}`);
      }
      return [key, list as readonly unknown[]];
    }),
  ) as Record<StageList, readonly unknown[]>;
  return Array.from({ length: count }, (_, s) => parseStage(lists, s, path));
}

function parseStage(lists: Readonly<Record<StageList, readonly unknown[]>>, s: number, path: string): LiteStage {
  const number = (key: StageList): number => numberOf(lists[key][s], `${path}.${key}[${s}]`);
  const kind = lists.module_type[s];
  if (kind !== 'LITE' && kind !== 'NAIVE') {
    throw badConfig(`${path}.module_type[${s}] must be LITE or NAIVE, not ${JSON.stringify(kind)}`);
  }
  const widths = lists.num_channels[s];
  if (!Array.isArray(widths) || widths.length !== number('num_branches')) {
    throw badConfig(`${path}.num_channels[${s}] must have one entry a branch (${number('num_branches')}), not ${JSON.stringify(widths)}`);
  }
  return {
    block: kind === 'NAIVE' ? 'shuffle' : 'weighting',
    modules: number('num_modules'),
    blocks: number('num_blocks'),
    ratio: number('reduce_ratios'),
    widths: widths.map((width, b) => numberOf(width, `${path}.num_channels[${s}][${b}]`)),
    fuse: truthOf(lists.with_fuse[s], `${path}.with_fuse[${s}]`),
  };
}

function tableOf(value: unknown, path: string, keys: readonly string[]): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw badConfig(`${path} must be an object with ${keys.join(', ')}, ${shown(value)} came`);
  }
  const unknown = Object.keys(value).find((key) => !keys.includes(key));
  if (unknown !== undefined) throw badConfig(`${path} has ${unknown}; known are ${keys.join(', ')}`);
  return value as Readonly<Record<string, unknown>>;
}

function numberOf(value: unknown, path: string): number {
  if (typeof value !== 'number' || !(value > 0) || !Number.isFinite(value))
    throw badConfig(`${path} must be a number above 0, not ${shown(value)}`);
  return value;
}

function truthOf(value: unknown, path: string): boolean {
  if (typeof value !== 'boolean') throw badConfig(`${path} must be true or false, not ${shown(value)}`);
  return value;
}

function expectValue(value: unknown, path: string, expected: unknown): void {
  if (value !== expected) throw badConfig(`${path} must be ${JSON.stringify(expected)}, not ${shown(value)}`);
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 60 ? `${text.slice(0, 60)}...` : text;
}

export function badConfig(message: string): EngineError {
  return new EngineError('bad-architecture', `lite-hrnet: reading the official notation: ${message}.`, {
    tip: 'Expected the parts backbone and keypoint_head of a model configuration as JSON; an example: `lab arch export lite-hrnet:18`.',
  });
}
