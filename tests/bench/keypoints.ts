/**
 * `npm run bench -- keypoints [--pytorch PYTHON] [--official FILE] [--quick]`: the ten figures of COCO key points on 5,000 generated images:
 * milliseconds of processor time of ours, and beside them the official tool's where PYTHON has pycocotools (both from results in memory), with the
 * largest difference between the figures. Ends with 1 when they differ or, but for `--quick` (500 images), ours is not at least ten times as fast.
 * `--official` also has the official tool score the sets of tests/engine/metrics/keypoints-sets.ts and writes its answers, which the tests compare
 * with.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { scoreKeypoints, type KeypointsScores } from '../../engine/metrics/keypoints-ap.ts';
import { resultsOf, truthOf } from '../engine/metrics/keypoints-files.ts';
import { benchSet, generateKeypointsSet, officialSets, type GeneratedSet } from '../engine/metrics/keypoints-sets.ts';

const rounds = 5;
const officialRounds = 2;
const wantedRatio = 10;
const tolerance = 1e-9;
const script = fileURLToPath(new URL('pycocotools/score.py', import.meta.url));

interface OfficialAnswer extends KeypointsScores {
  /** One a round. */
  readonly seconds: readonly number[];
}

function officialAnswer(python: string, { truth, results }: GeneratedSet, times: number): OfficialAnswer {
  const folder = mkdtempSync(join(tmpdir(), 'keypoints-'));
  try {
    const [annotations, predictions] = ['annotations.json', 'results.json'].map((name) => join(folder, name)) as [string, string];
    writeFileSync(
      annotations,
      JSON.stringify({ info: {}, ...truth, annotations: truth.annotations.map((each) => ({ category_id: 1, ...each })) }),
    );
    writeFileSync(predictions, JSON.stringify(results.map((each) => ({ category_id: 1, ...each }))));
    return JSON.parse(execFileSync(python, [script, annotations, predictions, String(times)], { encoding: 'utf8' })) as OfficialAnswer;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function hasTool(python: string): boolean {
  try {
    execFileSync(python, ['-c', 'import pycocotools'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function largestDifference(a: KeypointsScores, b: KeypointsScores): number {
  const numbers = ({ stats, byArea }: KeypointsScores): number[] => [
    ...Object.values(stats),
    ...Object.values(byArea).flatMap(({ APperThreshold, ARperThreshold }) => [...APperThreshold, ...ARperThreshold]),
  ];
  const other = numbers(b);
  return Math.max(...numbers(a).map((value, i) => Math.abs(value - (other[i] as number))));
}

function writeOfficial(python: string, file: string): void {
  const sets = officialSets.map((rules) => {
    const { stats, byArea } = officialAnswer(python, generateKeypointsSet(rules), 1);
    return { name: rules.name, stats, byArea };
  });
  const lines = sets.map((set) => `  ${JSON.stringify(set)}`).join(',\n');
  writeFileSync(file, `{ "tool": "pycocotools", "sets": [\n${lines}\n] }\n`);
}

function ownTimes(set: GeneratedSet): { readonly ms: readonly number[]; readonly scores: KeypointsScores } {
  const [truth, results] = [truthOf(set.truth), resultsOf(set.results)];
  const ms: number[] = [];
  let scores = scoreKeypoints(truth, results);
  for (let round = 0; round < rounds; round++) {
    const began = process.cpuUsage();
    scores = scoreKeypoints(truth, results);
    const { user, system } = process.cpuUsage(began);
    ms.push((user + system) / 1000);
  }
  return { ms: ms.sort((a, b) => a - b), scores };
}

const { values } = parseArgs({ options: { pytorch: { type: 'string' }, official: { type: 'string' }, quick: { type: 'boolean' } } });
const set = generateKeypointsSet(values.quick === true ? { ...benchSet, images: 500 } : benchSet);
const say = (line: string): void => void process.stdout.write(`${line}\n`);
say(`${set.truth.images.length} images, ${set.truth.annotations.length} persons, ${set.results.length} results`);
const own = ownTimes(set);
const median = own.ms[rounds >> 1] as number;
say(`ours           ${median.toFixed(0)} ms (median of ${rounds}; ${own.ms[0]?.toFixed(0)} to ${own.ms.at(-1)?.toFixed(0)})`);
if (values.pytorch === undefined || !hasTool(values.pytorch)) {
  say(
    `official tool  skipped: ${values.pytorch === undefined ? 'no Python was named (--pytorch PYTHON)' : `${values.pytorch} has no pycocotools`}`,
  );
} else {
  const official = officialAnswer(values.pytorch, set, officialRounds);
  const best = Math.min(...official.seconds) * 1000;
  const difference = largestDifference(own.scores, official);
  say(`official tool  ${best.toFixed(0)} ms (best of ${officialRounds})`);
  say(
    `ratio          ${(best / median).toFixed(1)} (at least ${wantedRatio} is wanted), largest difference of a figure ${difference.toExponential(1)}`,
  );
  // few images are scored before our code is compiled: no fair race
  const isSlow = values.quick !== true && best / median < wantedRatio;
  if (isSlow || difference > tolerance) process.exitCode = 1;
  if (values.official !== undefined) writeOfficial(values.pytorch, values.official);
}
