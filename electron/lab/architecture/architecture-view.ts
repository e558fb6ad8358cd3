import type { ExperimentStore, TrialResultRecord } from '../../../db/store.ts';
import { sizeText } from '../../../engine/export/quantity.ts';
import { outlineOf } from '../../../engine/graph/outline.ts';
import type { Outline } from '../../../engine/graph/outline.ts';
import type { ArchitectureElement, ArchitectureView, TrialFacts } from '../../ipc/architecture.ts';
import type { TrialView } from '../../ipc/contract.ts';
import type { LatencyReport } from '../../ipc/latency.ts';
import { costsById } from './resolve.ts';
import type { BuiltNetwork } from './resolve.ts';

/** What `measureLatency` keeps beside a trial (electron/lab/latency): p50 as the value, the rest in its details. */
type LatencyDetails = Partial<Pick<LatencyReport, 'device' | 'input' | 'nodesMs'>>;
const latencyName = 'latencyP50Ms';

/** A network as the interface shows it. Every sum agrees with `estimate`: what no layer holds is `idleParams`. */
export function architectureView(store: ExperimentStore, network: BuiltNetwork): ArchitectureView {
  const { ref, name, arch, space, hash, form, forms, input, graph, cost, experiment, trial, source } = network;
  const outline = outlineOf(graph, costsById(cost));
  const officialCount = space.officialCount?.(arch, input, cost.macs);
  const measured = form === 'search' && trial !== undefined ? newestLatency(store, trial, input) : undefined;
  const { nodesMs, device } = (measured?.details ?? {}) as LatencyDetails;
  return {
    ref,
    name,
    space: { id: space.id, title: space.title },
    arch,
    hash,
    form,
    forms,
    input,
    totals: {
      macs: cost.macs,
      params: cost.params,
      activationBytes: cost.activationBytes,
      scope: trial?.cost?.scope ?? 'full',
      idleParams: cost.params - cost.nodes.reduce((sum, node) => sum + node.params, 0),
      ...(officialCount === undefined || officialCount === cost.macs ? {} : { officialCount }),
    },
    ...(trial === undefined ? {} : { trial: trialFacts(trial) }),
    ...(experiment === undefined ? {} : { experiment: { id: experiment.id, name: experiment.name } }),
    ...(source === undefined ? {} : { source }),
    elements: elementsOf(outline, cost.macs, nodesMs),
    edges: outline.edges,
    ...(typeof measured?.value === 'number' ? { measured: { latencyMs: measured.value, device: device ?? 'unknown device' } } : {}),
  };
}

function trialFacts({ number, state, metrics, series, role, operator, steps }: TrialView): TrialFacts {
  return {
    number,
    state,
    metrics,
    ...(series === undefined ? {} : { series }),
    ...(role === undefined ? {} : { role }),
    ...(operator === undefined ? {} : { operator }),
    ...(steps === undefined ? {} : { steps }),
  };
}

/** For this very input; the newest that has layers, else the newest. */
function newestLatency(store: ExperimentStore, { experiment, number }: TrialView, input: readonly number[]): TrialResultRecord | undefined {
  const found = store.trialResults(experiment).filter((result) => {
    if (result.number !== number || result.kind !== 'measured' || result.name !== latencyName) return false;
    return sizeText((result.details as LatencyDetails | undefined)?.input ?? []) === sizeText(input);
  });
  return found.findLast(({ details }) => (details as LatencyDetails).nodesMs !== undefined) ?? found.at(-1);
}

function elementsOf({ elements }: Outline, macs: number, nodesMs: LatencyDetails['nodesMs']): ArchitectureElement[] {
  const times = nodesMs === undefined ? undefined : timesOf(elements, nodesMs);
  return elements.map((element, position) => ({
    ...element,
    share: macs === 0 ? 0 : element.macs / macs,
    ...(times === undefined ? {} : { measuredMs: times[position] ?? 0 }),
  }));
}

/** Groups stand before what is in them, so sums are carried upwards from the end. */
function timesOf(elements: Outline['elements'], nodesMs: Readonly<Record<string, number>>): number[] {
  const times = elements.map(({ id }) => (id === undefined ? 0 : (nodesMs[id] ?? 0)));
  for (let i = elements.length - 1; i >= 0; i--) {
    const parent = elements[i]?.parent ?? -1;
    if (parent >= 0) times[parent] = (times[parent] ?? 0) + (times[i] ?? 0);
  }
  return times;
}
