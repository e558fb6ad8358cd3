import { EngineError } from '../../error.ts';
import type { WeightSpec } from '../../graph/model-graph.ts';
import { readSafetensors, writeSafetensors } from '../../run/safetensors.ts';
import { weightsFromTensors } from '../../run/weights-file.ts';
import type { Weights } from '../../run/weights.ts';
import { graphBackboneAlone, withSimpleHead } from '../../spaces/dpc/proxy.ts';
import type { FrozenProxyConfig } from '../config.ts';
import type { SearchEvent } from '../events.ts';
import { backboneFile, backboneName, backboneState } from '../frozen/kept-backbone.ts';
import { trainingSize } from '../network.ts';
import type { BackbonePhase } from '../plan.ts';
import type { PhaseContext } from './context.ts';
import { recalibrateNorms } from './evaluate.ts';
import { stop, trainUntil } from './train-until.ts';
import { loadStart, newStart, noExtras, TrainingRun } from './training-run.ts';

/** Trains the backbone under a simple head, or takes the one that the config names; its weights are kept for all that follows. */
export async function* runBackbone(context: PhaseContext, phase: BackbonePhase, proxy: FrozenProxyConfig): AsyncGenerator<SearchEvent> {
  if (context.kept.has(backboneName)) return;
  if (proxy.weights === '') yield* train(context, phase);
  else yield* take(context, phase, proxy.weights);
}

async function* train(context: PhaseContext, phase: BackbonePhase): AsyncGenerator<SearchEvent> {
  const { resume, plan } = context;
  const arch = withSimpleHead(plan.config.space);
  const start = await (resume === undefined ? newStart(context, arch, backboneName) : loadStart(context, resume, phase.name));
  const run = new TrainingRun(context, start, { offset: 0, total: phase.steps, stepsPerNetwork: phase.steps });
  try {
    if (!(yield* trainUntil(run, phase.steps, () => Promise.resolve(noExtras)))) return;
    const average = run.state.average.clone();
    try {
      if (await recalibrateNorms(context, run, arch, average)) yield await keep(context, phase, average);
      else yield* stop(run);
    } finally {
      average.dispose();
    }
  } finally {
    run.dispose();
  }
}

/** The file may hold more, such as the network around the backbone. Throws EngineError 'bad-weights-file', or 'bad-weights' where a part of it is missing. */
async function* take(context: PhaseContext, phase: BackbonePhase, file: string): AsyncGenerator<SearchEvent> {
  const { frozen } = context.parts;
  if (frozen === undefined) throw new EngineError('no-frozen-data', `the backbone ${file} was named without a way to read it.`);
  const { tensors } = readSafetensors(await frozen.weights());
  const specs = specsOf(context);
  const known = new Set(specs.map(({ name }) => name));
  const weights = weightsFromTensors(specs, new Map([...tensors].filter(([name]) => known.has(name))));
  try {
    yield await keep(context, phase, weights);
  } finally {
    weights.dispose();
  }
}

/** Writes the backbone alone: equal weights give equal files. */
async function keep({ parts, index, kept, ...context }: PhaseContext, phase: BackbonePhase, weights: Weights): Promise<SearchEvent> {
  const own = new Set(specsOf(context).map(({ name }) => name));
  const entries = (await weights.entries()).filter(({ name }) => own.has(name));
  const checkpoint = await parts.saveFile(backboneFile, writeSafetensors(entries));
  const state = backboneState(checkpoint.sha256);
  const point = { phaseIndex: index, step: phase.firstStep + phase.steps, state };
  kept.set(backboneName, { ...point, file: checkpoint.file });
  return { type: 'state', ...point, checkpoint, keep: true, name: backboneName };
}

function specsOf({ plan: { config } }: Pick<PhaseContext, 'plan'>): readonly WeightSpec[] {
  return graphBackboneAlone(config.space, [...trainingSize(config), 3]).weights;
}
