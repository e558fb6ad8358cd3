import type { CheckResult } from '../../../datasets/check.ts';
import type { ClassShares } from '../../../datasets/class-shares.ts';
import type { JointStatistics } from '../../../datasets/joint-statistics.ts';
import type { Finding } from '../../../datasets/findings.ts';
import { percent } from '../../../engine/export/quantity.ts';
import type { DatasetView } from '../../ipc/contract.ts';
import { shellWord, timeText } from './format.ts';
import { facts, table } from './table.ts';

/** Data sets and what checks found in them, as text. */

export function kindText({ kind, isSynthetic }: Pick<DatasetView, 'kind' | 'isSynthetic'>): string {
  return isSynthetic ? `${kind} (synthetic)` : kind;
}

export function splitsText(splits: Readonly<Record<string, number>>): string {
  return Object.entries(splits)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');
}

export function describeDataset(dataset: DatasetView): string {
  const { name, task, root, isAvailable, splits, classes, fingerprint, addedAt, health } = dataset;
  return facts([
    ['kind', `${kindText(dataset)}, ${task}`],
    ['folder', isAvailable ? root : `${root} (missing: lab data relocate ${shellWord(name)} DIR)`],
    ['splits', splitsText(splits)],
    ['classes', `${classes.length}: ${classes.map((entry) => entry.name).join(', ')}`],
    ['fingerprint', fingerprint],
    ['registered', timeText(addedAt)],
    ...(health === undefined ? [] : [['health', healthText(health)] as const]),
  ]);
}

function healthText({ status, findings }: Pick<CheckResult, 'status' | 'findings'>): string {
  const count = (severity: Finding['severity'], word: string): string => {
    const number = findings.filter((finding) => finding.severity === severity).length;
    return number === 0 ? '' : `${number} ${word}${number === 1 ? '' : 's'}`;
  };
  const counts = [count('error', 'error'), count('warn', 'warning')].filter((text) => text !== '');
  return counts.length === 0 ? status : `${status}: ${counts.join(', ')}`;
}

/** One finding a paragraph; a plain fact asks for nothing. */
export function findingsText(findings: readonly Finding[]): string {
  if (findings.length === 0) return 'no findings';
  return findings
    .map(
      ({ severity, code, message, tip }) =>
        `${severity.padEnd(5)}  ${code}: ${message}${severity === 'info' ? '' : `\n       Tip: ${tip}`}`,
    )
    .join('\n');
}

export function classSharesText({ split, pictures, shares, ignored }: ClassShares, classes: DatasetView['classes']): string {
  const rows = classes.map(({ name }, i) => [name, percent(shares[i], 2)]);
  const title = `pixels (${pictures} of ${split})`;
  return table([{ title: 'class' }, { title, align: 'right' }], [...rows, ['(ignored, of all)', percent(ignored, 2)]]);
}

export function jointStatisticsText({ split, pictures, persons, crowds, labelledPersons, joints, sizes }: JointStatistics): string {
  const { small, medium, large } = sizes;
  const counts = facts([
    ['persons', `${persons} on ${pictures} pictures of ${split}, ${labelledPersons} with a labelled joint; ${crowds} crowds`],
    ['sizes', `${small} small (under 32² px), ${medium} medium, ${large} large (96² px and more)`],
  ]);
  const columns = [
    { title: 'joint' },
    { title: 'visible', align: 'right' },
    { title: 'hidden', align: 'right' },
    { title: 'not labelled', align: 'right' },
  ] as const;
  const rows = joints.map(({ name, visible, hidden, unlabelled }) => [name, String(visible), String(hidden), String(unlabelled)]);
  return `${counts}\n\n${table(columns, rows)}`;
}
