import type { FrontRow, FrontTable } from './front-table.ts';
import { sizeText } from './quantity.ts';

const kindNotes: Readonly<Record<string, string>> = {
  proxy: 'proxy: scored with inherited weights or after few steps',
  retrained: 'retrained: trained by the final recipe',
  measured: 'measured: by the clock',
};

/**
 * The points of a front (and the reference trials) as a LaTeX table that compiles with the standard classes alone.
 * MACs and parameters are given in millions, the metric in per cent; what the scores are stands below the table.
 */
export function frontLatex(table: FrontTable, title: string): string {
  const rows = table.rows.filter((row) => row.isOnFront || row.trial.role === 'reference');
  const notes = [
    ...new Set(rows.map((row) => kindNotes[row.kind] ?? row.kind)),
    ...new Set(rows.map((row) => `MACs of one input of ${sizeText(row.trial.cost.input)}`)),
    ...(table.hypervolume === undefined || table.reference === undefined
      ? []
      : [`hypervolume ${table.hypervolume.toFixed(4)} against (${table.reference.x} ${axisName(table)}, ${table.reference.y})`]),
    ...table.warnings,
  ];
  return [
    '\\begin{table}',
    '  \\centering',
    `  \\caption{${escapeLatex(title)}}`,
    '  \\begin{tabular}{llrrr}',
    '    \\hline',
    `    Trial & Series & MACs (M) & Params (M) & ${escapeLatex(table.metric)} (\\%) \\\\`,
    '    \\hline',
    ...rows.map((row) => `    ${cells(row).join(' & ')} \\\\`),
    '    \\hline',
    '  \\end{tabular}',
    `  \\par\\smallskip\\footnotesize ${notes.map(escapeLatex).join('; ')}.`,
    '\\end{table}',
    '',
  ].join('\n');
}

function axisName(table: FrontTable): string {
  return table.axis === 'macs' ? 'MACs' : 'parameters';
}

function cells(row: FrontRow): string[] {
  const { trial } = row;
  const mark = row.isKnee ? ' (knee)' : row.isOnFront ? '' : ' (reference)';
  return [
    escapeLatex(`${row.experiment} t${trial.number}${mark}`),
    escapeLatex(trial.series ?? ''),
    (trial.cost.macs / 1e6).toFixed(2),
    (trial.cost.params / 1e6).toFixed(3),
    (100 * row.y).toFixed(2),
  ];
}

const special: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
  '<': '\\textless{}',
  '>': '\\textgreater{}',
};

export function escapeLatex(text: string): string {
  return text.replace(/[\\~^<>&%$#_{}]/g, (sign) => special[sign] ?? `\\${sign}`);
}
