import type { GraphBuilder, Value } from '../../graph/builder.ts';
import * as layers from '../../graph/layers.ts';
import { roundHalfEven, type HrNasBlock } from './blocks.ts';
import { graphTransformer } from './graph-transformer.ts';
import type { HrNasSettings } from './settings.ts';

/** The largest number that divides both: the group count of the grouped residual. */
function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

/** One searching block (specification section 2): [height, width, cIn] -> [height / stride, width / stride, cOut]. */
export function graphBlock(builder: GraphBuilder, settings: HrNasSettings, block: HrNasBlock, x: Value): Value {
  return builder.scoped(block.name, () => {
    const summands: Value[] = [];
    const convolutions =
      settings.blockForm === 'search' ? searchPaths(builder, settings, block, x) : fusedPaths(builder, settings, block, x);
    // The official search form registers the transformer before the residual, the fused form after it.
    const makers = [(): Value[] => transformerPath(builder, block, x), (): Value[] => residualPath(builder, block, x)];
    if (settings.blockForm === 'fused') makers.reverse();
    for (const make of makers) summands.push(...make());
    summands.push(...convolutions);
    return layers.add(builder, summands);
  });
}

/** The identity, or a grouped 1x1 convolution without a norm where resolution or width change. */
function residualPath(builder: GraphBuilder, block: HrNasBlock, x: Value): Value[] {
  if (block.hasResidual) return [x];
  const groups = greatestCommonDivisor(block.cIn, block.cOut);
  return [
    builder.scoped('residual', () =>
      layers.conv(builder, x, { name: `${block.module}.residual`, channels: block.cOut, stride: block.stride, groups }),
    ),
  ];
}

function transformerPath(builder: GraphBuilder, block: HrNasBlock, x: Value): Value[] {
  if (block.tokens === 0) return [];
  return [builder.scoped('transformer', () => graphTransformer(builder, block, x))];
}

/** Search form: every kernel expands, filters and projects on its own; the projections are summed and share one batch norm. */
function searchPaths(builder: GraphBuilder, settings: HrNasSettings, block: HrNasBlock, x: Value): Value[] {
  const norm = { epsilon: settings.bnEpsilon, momentum: settings.bnMomentum };
  const projections = block.kernels.map(({ kernel, hidden, position }) =>
    builder.scoped(`k${kernel}`, () => {
      const name = `${block.module}.ops.${position}`;
      const expanded = layers.convNormAct(builder, x, { name: `${name}.0`, channels: hidden }, norm, settings.activation);
      const depthwise = { name: `${name}.1`, channels: hidden, kernel, stride: block.stride, groups: hidden };
      const filtered = layers.convNormAct(builder, expanded, depthwise, norm, settings.activation);
      return layers.conv(builder, filtered, { name: `${name}.2`, channels: block.cOut });
    }),
  );
  const name = `${block.module}.pw_bn`;
  if (projections.length === 0) {
    layers.batchNormWeights(builder, name, block.cOut, false); // a dead block keeps it unused
    return [];
  }
  return [layers.batchNorm(builder, layers.add(builder, projections), name, norm)];
}

/** Fused form: one expansion and one projection for all kernels, squeeze and excitation in between. */
function fusedPaths(builder: GraphBuilder, settings: HrNasSettings, block: HrNasBlock, x: Value): Value[] {
  if (block.kernels.length === 0) return [];
  const norm = { epsilon: settings.bnEpsilon, momentum: settings.bnMomentum };
  const { module } = block;
  const totalHidden = block.kernels.reduce((sum, path) => sum + path.hidden, 0);
  const expanded = layers.convNormAct(builder, x, { name: `${module}.expand_conv`, channels: totalHidden }, norm, settings.activation);
  let start = 0;
  const filtered = block.kernels.map(({ kernel, hidden, position }) =>
    builder.scoped(`k${kernel}`, () => {
      const attrs = { start, length: hidden };
      const part = block.kernels.length === 1 ? expanded : builder.node({ op: 'slice-channels', inputs: [expanded], attrs });
      start += hidden;
      const depthwise = { name: `${module}.depth_ops.${position}.1`, channels: hidden, kernel, stride: block.stride, groups: hidden };
      return layers.convNormAct(builder, part, depthwise, norm, settings.activation);
    }),
  );
  const project = registerProjection(builder, block, totalHidden, norm);
  const joined = layers.concat(builder, filtered);
  const gated = settings.seRatio === 0 ? joined : squeezeAndExcite(builder, settings, block, joined);
  return [project(gated)];
}

/** The official order of registration is projection, then squeeze and excitation; they run the other way round. */
function registerProjection(builder: GraphBuilder, block: HrNasBlock, totalHidden: number, norm: layers.NormOptions): (x: Value) => Value {
  const name = `${block.module}.project_conv`;
  builder.weight({ name: `${name}.0.weight`, shape: [block.cOut, totalHidden, 1, 1], kind: 'weight', layout: 'oihw', isRun: true });
  layers.batchNormWeights(builder, `${name}.1`, block.cOut);
  return (x) => layers.batchNorm(builder, layers.conv(builder, x, { name: `${name}.0`, channels: block.cOut }), `${name}.1`, norm);
}

function squeezeAndExcite(builder: GraphBuilder, settings: HrNasSettings, block: HrNasBlock, x: Value): Value {
  return builder.scoped('se', () => {
    const squeezed = roundHalfEven(settings.seRatio * block.cIn);
    const pooled = builder.node({ op: 'global-average-pool', inputs: [x] }); // [1, 1, hidden]
    const reduce = { name: `${block.module}.se_op.se_reduce`, channels: squeezed, bias: true };
    const reduced = layers.activate(builder, layers.conv(builder, pooled, reduce), settings.activation);
    const expand = { name: `${block.module}.se_op.se_expand`, channels: x.shape[2] ?? 0, bias: true };
    const gate = layers.activate(builder, layers.conv(builder, reduced, expand), 'sigmoid');
    return builder.node({ op: 'mul', inputs: [x, gate] });
  });
}
