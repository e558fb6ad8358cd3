import { percent, quantity } from '../../../engine/export/quantity.ts';
import type { SearchConfig } from '../../../engine/search/config.ts';
import { rankingSize } from '../../../engine/search/network.ts';
import type { DryRunReport, HistogramBin } from '../../ipc/planning.ts';
import { startRequest } from './start-request.ts';
import { bytesText, durationText } from './format.ts';
import { phasesText } from './phases-text.ts';
import type { CommandResult, Session } from './session.ts';
import { facts } from './table.ts';

const barWidth = 40;

/** `lab search --dry-run`: what a search would take, in words. */
export async function dryRun(session: Session, config: SearchConfig): Promise<CommandResult> {
  session.output.notice('sampling the space and measuring a training step of the largest network');
  const document = await (await session.lab()).dryRun(startRequest(config, session.options));
  return { document, text: dryRunText(document, config) };
}

function dryRunText({ space, plan, stepMs, backend, seconds, memoryBytes }: DryRunReport, config: SearchConfig): string {
  return [
    facts([
      ['space', `10^${space.log10Size.toFixed(1)} in ${space.choices} choices`],
      ['largest', `${quantity(space.largestMacs, 'MACs')} at ${rankingSize(config).join('x')}`],
      ['feasible', `${percent(space.feasible, 0)} of ${space.samples} random samples${space.tip === undefined ? '' : `. ${space.tip}`}`],
      ['plan', `${plan.steps} steps, ${plan.trials} trials: ${phasesText(plan.phases)}`],
      ['step', `${stepMs.toFixed(0)} ms on ${backend} (largest network, ${imagesText(config)}; ${fasterText(config)})`],
      ['time', `at most about ${durationText(seconds)}`],
      ['memory', `about ${bytesText(memoryBytes)}`],
    ]),
    '',
    `MACs of ${space.samples} random samples:`,
    ...histogramLines(space.histogram),
  ].join('\n');
}

function fasterText({ strategy }: SearchConfig): string {
  if (strategy.id === 'shrink') return 'shrinking makes it faster';
  return strategy.id === 'fixed' ? 'the given one is at most as slow' : 'those that are tried are mostly smaller';
}

function imagesText({ data: { batchSize }, train: { accumulate } }: SearchConfig): string {
  return accumulate === 1 ? `batch ${batchSize}` : `${accumulate} batches of ${batchSize}`;
}

function histogramLines(histogram: readonly HistogramBin[]): string[] {
  const most = Math.max(...histogram.map((bin) => bin.count));
  return histogram.map(
    ({ from, to, count }) =>
      `${quantity(from, '').padStart(8)} – ${quantity(to, '').padEnd(8)} ${'█'.repeat(Math.round((barWidth * count) / most))} ${count}`,
  );
}
