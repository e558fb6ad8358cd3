import { StoreError } from '../../../db/store.ts';
import { comparisonCsv, comparisonLatex } from '../../../engine/export/comparison.ts';
import type { ArchitectureRef } from '../../ipc/architecture.ts';
import type { CompareApi, Comparison } from '../../ipc/compare.ts';
import type { LabContext } from '../context.ts';
import { writeExport } from '../write-export.ts';
import { comparisonOf } from './comparison.ts';
import { subjectOf } from './subject.ts';

const mostColumns = 6;

/** Several networks side by side. */
export function createCompareApi(context: LabContext): CompareApi {
  const compare = async (refs: readonly ArchitectureRef[]): Promise<Comparison> => {
    if (refs.length < 2 || refs.length > mostColumns) {
      throw new StoreError('bad-comparison', `Comparing takes 2 to ${mostColumns} networks; ${refs.length} came.`, {
        tip: 'Put trials on the shortlist, or name published networks.',
      });
    }
    const evaluations = await context.api().evaluations();
    return comparisonOf(refs.map((ref) => subjectOf(context, ref, evaluations)));
  };
  return {
    compare,
    exportComparison: async ({ refs, format, onlyDifferences = false, target }) => {
      const comparison = await compare(refs);
      const groups = comparison.groups
        .map((group) => ({ ...group, rows: group.rows.filter(({ differs }) => differs || !onlyDifferences) }))
        .filter(({ rows }) => rows.length > 0);
      const table = { columns: comparison.columns, groups };
      const labels = comparison.columns.map(({ label }) => label);
      const name = `compare-${labels.join('-').replaceAll(/[^\w.-]+/g, '-')}.${format === 'csv' ? 'csv' : 'tex'}`;
      const text = format === 'csv' ? comparisonCsv(table) : comparisonLatex(table, `Comparison of ${labels.join(', ')}`);
      return writeExport(context.layout.root, name, target, text);
    },
  };
}
