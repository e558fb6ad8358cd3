import { datasetKind } from '../../../datasets/catalog.ts';
import type { DatasetInfo } from '../../../datasets/source.ts';
import { findSpace } from '../../../engine/catalog.ts';
import { estimate } from '../../../engine/cost/estimate.ts';
import type { EvaluateOutput } from '../../compute/tasks/evaluate.ts';
import type { EvaluationMetric, EvaluationResult } from '../../ipc/evaluations.ts';
import type { ResolvedSubject } from './subject.ts';

/** What is kept of an evaluation, whatever its task. */
export function resultOf(resolved: ResolvedSubject, info: DatasetInfo, split: string, output: EvaluateOutput): EvaluationResult {
  const { input, backend, seconds, pictures } = output;
  const metric = (name: string, value: number | null): EvaluationMetric => ({ name, value, split, kind: resolved.kind });
  const common = {
    label: resolved.label,
    arch: resolved.arch,
    count: pictures.length,
    input,
    macs: estimate(findSpace(resolved.arch.space).graph(resolved.arch, input)).macs,
    backend,
    seconds,
  };
  if (output.kind === 'keypoints') {
    const { figures, joints, persons, boxes } = output;
    return {
      ...common,
      metrics: Object.entries(figures).map(([name, value]) => metric(name, value)),
      keypoints: { boxes, persons, names: datasetKind(info.kind).joints ?? [], ...joints },
      pixelAccuracy: null,
      classIou: [],
      classes: [],
      confusion: [],
    };
  }
  const { meanIou, pixelAccuracy, classIou, confusion } = output;
  return {
    ...common,
    metrics: [metric('mIoU', meanIou)],
    pixelAccuracy,
    classIou,
    classes: info.classes.map(({ id, name, color }) => ({ id, name, color })),
    confusion,
  };
}
