import type { Command } from 'commander';
import { resolve } from 'node:path';
import { cellText } from '../../../../engine/export/comparison.ts';
import type { ComparisonCell, ComparisonRow } from '../../../../engine/export/comparison.ts';
import type { ArchitectureRef } from '../../../ipc/architecture.ts';
import type { Comparison } from '../../../ipc/compare.ts';
import { examples, handle } from '../command.ts';
import type { CommandHost } from '../command.ts';
import { resolveArchitecture } from '../architecture-argument.ts';
import type { Session } from '../session.ts';
import { table } from '../table.ts';

interface CompareOptions {
  readonly all?: boolean;
  readonly csv?: string;
  readonly latex?: string;
}

/** `lab compare`. */
export function addCompareCommand(program: Command, host: CommandHost): void {
  handle<[string[]], CompareOptions>(
    examples(
      program
        .command('compare')
        .argument('<networks...>', '2 to 6 of: EXPERIMENT:tN (a trial), SPACE:NAME (published), a file with an architecture')
        .description('networks side by side: scores, costs, conditions, classes, choices; the first is the base')
        .option('--all', 'equal rows, too')
        .option('--csv <FILE>', 'write the table with exact values')
        .option('--latex <FILE>', 'write the table for a paper'),
      ['lab compare hrnas-7f3a2c:t12 hrnas-7f3a2c:t4', 'lab compare hrnas-7f3a2c:t12 hr-nas:cs2 --latex compare.tex'],
      '{ "columns": [{ "label", "detail", "hash" }, …], "groups": [{ "title", "rows": [{ "name", "unit", "cells": [{ "value", "kind", "change" }, …], "differs" }, …] }, …],\n  "differing": 9, "rows": 41, "findings": [[FINDING, …], …], "files": […] }',
    ),
    host,
    async (session, [names], options) => {
      const refs = await Promise.all(names.map((name) => refOf(session, name)));
      const lab = await session.lab();
      const comparison = await lab.compare(refs);
      const onlyDifferences = options.all !== true;
      const files: string[] = [];
      for (const [format, target] of [['csv', options.csv] as const, ['latex', options.latex] as const]) {
        if (target === undefined) continue;
        await lab.exportComparison({ refs, format, onlyDifferences, target: resolve(target) });
        files.push(target);
      }
      return {
        document: { ...comparison, files },
        text: [comparisonText(comparison, onlyDifferences), ...files.map((file) => `wrote ${file}`)].join('\n'),
      };
    },
  );
}

async function refOf(session: Session, name: string): Promise<ArchitectureRef> {
  const { arch, trial } = await resolveArchitecture(session, name);
  if (trial !== undefined) return { experiment: trial.experiment, trial: trial.number };
  return name.startsWith(`${arch.space}:`) ? { published: name } : { architecture: JSON.parse(JSON.stringify(arch)) };
}

function comparisonText({ columns, groups, differing, rows, findings }: Comparison, onlyDifferences: boolean): string {
  const body = groups.flatMap((group) => {
    const shown = group.rows.filter(({ differs }) => differs || !onlyDifferences);
    return shown.length === 0
      ? []
      : [[group.title, ...columns.map(() => '')], ...shown.map((row) => [`  ${row.name}`, ...row.cells.map((cell) => words(row, cell))])];
  });
  const heads = columns.map(({ label }, i) => (i === 0 ? `${label} (base)` : label));
  return [
    table([{ title: '' }, ...heads.map((title) => ({ title }))], body),
    onlyDifferences ? `${differing} of ${rows} rows differ; --all shows the others, too` : `${differing} of ${rows} rows differ`,
    ...findings.flatMap((list, column) => list.map(({ message }) => `${columns[column]?.label ?? ''}: ${message}`)),
  ].join('\n');
}

function words(row: ComparisonRow, cell: ComparisonCell): string {
  const isRelative = row.unit === 'count' || row.unit === 'bytes';
  const change =
    cell.change === undefined || cell.change === 0
      ? ''
      : isRelative
        ? `${signed(100 * cell.change, 0)} %`
        : row.unit === 'share'
          ? signed(100 * cell.change, 1)
          : '';
  return [cellText(row, cell), cell.kind, cell.isUnfair === true ? '(not comparable)' : change]
    .filter((word) => word !== undefined && word !== '')
    .join(' ');
}

function signed(value: number, decimals: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(decimals)}`;
}
