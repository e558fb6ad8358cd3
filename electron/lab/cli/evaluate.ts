import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { percent } from '../../../engine/export/quantity.ts';
import type { EvaluationDetail, KeypointsFigures, NetworkSubject, WeightsRef } from '../../ipc/evaluations.ts';
import { resolveArchitecture, trialOf } from './architecture-argument.ts';
import { CliError } from './failure.ts';
import { readBytes } from './files.ts';
import { followJob } from './follow-job.ts';
import { defaultBackend } from './network.ts';
import type { CommandResult, Session } from './session.ts';
import { table } from './table.ts';

export interface EvaluateOptions {
  readonly weights?: string;
  readonly data: string;
  readonly split?: string;
  readonly input?: readonly [number, number];
  readonly boxes?: string;
  /** False by --no-keep. */
  readonly keep?: boolean;
}

/**
 * The metric of a data set over a whole split, kept in the home. Pictures are scaled to fit `--input` (a trial's own size by default, else as
 * they are); predictions are scored at the size of the labels.
 */
export async function evaluate(session: Session, archText: string, options: EvaluateOptions): Promise<CommandResult> {
  const subject = await subjectOf(session, archText, options.weights);
  const lab = await session.lab();
  const { threads, backend = defaultBackend } = session.options;
  const evaluation = await followJob(
    session,
    lab,
    { kind: 'evaluate', unit: 'pictures', message: 'Evaluating was cut off; nothing was kept.' },
    () =>
      lab.evaluate({
        subject,
        dataset: options.data,
        backend,
        keep: options.keep !== false,
        ...(options.split === undefined ? {} : { split: options.split }),
        ...(options.input === undefined ? {} : { fit: options.input }),
        ...(options.boxes === undefined ? {} : { boxes: boxesOf(options.boxes) }),
        ...(threads === undefined ? {} : { threads }),
      }),
  );
  if (evaluation.notKept !== undefined) session.output.notice(`Not kept: ${evaluation.notKept.message}`);
  return { document: documentOf(evaluation, options.keep !== false), text: textOf(evaluation) };
}

function documentOf(evaluation: EvaluationDetail, isWanted: boolean) {
  const { id, metrics, classIou, pixelAccuracy, keypoints, resultsFile, split, count, input, backend, seconds, notKept } = evaluation;
  const isKept = isWanted && notKept === undefined;
  const details = keypoints === undefined ? { classIou, pixelAccuracy } : { ...keypoints, resultsFile: resultsFile ?? null };
  return { id: isKept ? id : null, metrics, details, split, count, input, backend, seconds };
}

/** IoU of every class or figures of every joint, and the metrics. */
export function textOf(evaluation: EvaluationDetail): string {
  const { classes, classIou, metrics, keypoints, count, split } = evaluation;
  if (keypoints !== undefined) return keypointsText(evaluation, keypoints);
  const rows = classes.map((entry) => [entry.name, percent(classIou[entry.id])]);
  const words = metrics.map((metric) => `${metric.name} ${percent(metric.value ?? NaN)} on ${count} pictures of ${split}`);
  return `${table([{ title: 'class' }, { title: 'IoU', align: 'right' }], rows)}\n\n${words.join('\n')}`;
}

function keypointsText({ metrics, count, split, resultsFile }: EvaluationDetail, figures: KeypointsFigures): string {
  const { boxes, persons, names, labelled, similarity, found } = figures;
  const right = 'right' as const;
  const joints = table(
    [{ title: 'joint' }, { title: 'labelled', align: right }, { title: 'similarity', align: right }, { title: 'found', align: right }],
    names.map((name, joint) => [name, String(labelled[joint]), percent(similarity[joint]), percent(found[joint])]),
  );
  const words = metrics.map(({ name, value }) => `${name} ${percent(value ?? NaN)}`).join(', ');
  const where = `${count} pictures of ${split}, ${persons} persons in ${boxes === 'ground-truth' ? 'the labelled boxes' : `the boxes of ${boxes}`}`;
  return `${joints}\n\n${words}\n${where}${resultsFile === undefined ? '' : `\nresults  ${resultsFile}`}`;
}

/** A file is named from where the command runs, 'ground-truth' and files beside the data set by their names. */
function boxesOf(text: string): string {
  return existsSync(text) ? resolve(text) : text;
}

async function subjectOf(session: Session, text: string, weightsText: string | undefined): Promise<NetworkSubject> {
  const { arch, trial } = await resolveArchitecture(session, text);
  const weights = weightsText === undefined ? undefined : await weightsOf(session, weightsText);
  if (trial !== undefined) {
    const { experiment, number } = trial;
    return { kind: 'trial', experiment, number, ...(weights === undefined ? {} : { weights }) };
  }
  if (weights === undefined) {
    throw new CliError('usage', 'Weights are needed: --weights FILE, or fill.', {
      tip: 'A trial (EXPERIMENT:tN) as the architecture brings its own weights.',
    });
  }
  const isPublished = text !== '-' && !existsSync(text);
  return isPublished ? { kind: 'published', name: text, weights } : { kind: 'architecture', label: text, arch, weights };
}

async function weightsOf(session: Session, text: string): Promise<WeightsRef> {
  if (text === 'fill') return { kind: 'fill' };
  if (/^[\w-]+:t\d+$/.test(text)) {
    const { experiment, number } = await trialOf(session, text);
    return { kind: 'trial', experiment, number };
  }
  readBytes(text, 'the weights');
  return { kind: 'file', path: resolve(text) };
}
