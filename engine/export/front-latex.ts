import type { FrontRow } from './front-row.ts';
import type { FrontTable } from './front-table.ts';
import type { PublishedNetwork } from './published-network.ts';
import { sizeText } from './quantity.ts';

const kindNotes: Readonly<Record<string, string>> = {
  proxy: 'proxy: scored with inherited weights or after few steps',
  retrained: 'retrained: trained by the final recipe',
  measured: 'measured: by the clock',
};

/** A remark below the table; rows that it holds for carry its letter. */
class Notes {
  readonly #texts: string[] = [];

  letterOf(text: string): string {
    const known = this.#texts.indexOf(text);
    return String.fromCharCode(97 + (known < 0 ? this.#texts.push(text) - 1 : known));
  }

  lines(): string[] {
    return this.#texts.map((text, i) => `\\textsuperscript{${String.fromCharCode(97 + i)}}~${escapeLatex(text)}`);
  }
}

/**
 * The points of a front, the reference trials and the published networks with a score, as a LaTeX table that compiles with the standard
 * classes alone. MACs and parameters are given in millions, the metric in per cent, ± the standard deviation over seeds; what a score is
 * stands below the table, marked by a letter at the rows that it holds for.
 */
export function frontLatex(table: FrontTable, title: string): string {
  const rows = table.rows.filter((row) => row.isOnFront || row.trial.role === 'reference');
  const quoted = table.published.filter(({ value }) => value !== null);
  const hasLatency = rows.some(({ trial }) => trial.latencyMs !== undefined);
  const notes = new Notes();
  const body = [...rows.map((row) => rowCells(row, notes, hasLatency)), ...quoted.map((entry) => publishedCells(entry, notes, hasLatency))];
  const below = [
    ...notes.lines(),
    ...[...new Set(rows.map((row) => `MACs of one input of ${sizeText(row.trial.cost.input)}`))].map(escapeLatex),
    ...(table.hypervolume === undefined || table.reference === undefined
      ? []
      : [escapeLatex(`hypervolume ${table.hypervolume.toFixed(4)} against (${table.reference.x} MACs, ${table.reference.y})`)]),
    ...table.warnings.map(escapeLatex),
  ];
  const heads = ['Trial', 'Series', 'MACs (M)', 'Params (M)', ...(hasLatency ? ['p50 (ms)'] : []), `${table.metric} (%)`];
  return [
    '\\begin{table}',
    '  \\centering',
    `  \\caption{${escapeLatex(title)}}`,
    `  \\begin{tabular}{ll${'r'.repeat(heads.length - 2)}}`,
    '    \\hline',
    `    ${heads.map(escapeLatex).join(' & ')} \\\\`,
    '    \\hline',
    ...body.map((cells) => `    ${cells.join(' & ')} \\\\`),
    '    \\hline',
    '  \\end{tabular}',
    ...(below.length === 0 ? [] : [`  \\par\\smallskip\\footnotesize ${below.join('; ')}.`]),
    '\\end{table}',
    '',
  ].join('\n');
}

function rowCells({ experiment, trial, ...row }: FrontRow, notes: Notes, hasLatency: boolean): string[] {
  const mark = row.isKnee ? ' (knee)' : row.isOnFront ? '' : ' (reference)';
  const spread = row.spread === undefined ? '' : ` $\\pm$ ${(100 * row.spread.sd).toFixed(2)}`;
  const seeds = row.spread === undefined ? '' : `; ± is the standard deviation over ${row.spread.seeds} seeds`;
  const letter = row.kind === '' ? '' : `\\textsuperscript{${notes.letterOf(`${kindNotes[row.kind] ?? row.kind}${seeds}`)}}`;
  const device = trial.latencyDevice === undefined ? '' : `\\textsuperscript{${notes.letterOf(`measured on ${trial.latencyDevice}`)}}`;
  return [
    escapeLatex(`${experiment} t${trial.number}${mark}`),
    escapeLatex(trial.series ?? ''),
    (trial.cost.macs / 1e6).toFixed(2),
    (trial.cost.params / 1e6).toFixed(3),
    ...(hasLatency ? [trial.latencyMs === undefined ? '--' : `${trial.latencyMs.toFixed(2)}${device}`] : []),
    `${(100 * row.y).toFixed(2)}${spread}${letter}`,
  ];
}

function publishedCells({ name, macs, params, value, on, source }: PublishedNetwork, notes: Notes, hasLatency: boolean): string[] {
  const letter = notes.letterOf(`published: ${[on, source].filter((part) => part !== undefined).join('; ')}`);
  return [
    escapeLatex(`${name} (published)`),
    '',
    (macs / 1e6).toFixed(2),
    (params / 1e6).toFixed(3),
    ...(hasLatency ? ['--'] : []),
    `${(100 * (value ?? NaN)).toFixed(2)}\\textsuperscript{${letter}}`,
  ];
}

const special: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
  '<': '\\textless{}',
  '>': '\\textgreater{}',
  '±': '$\\pm$',
  '≤': '$\\le$',
  '×': '$\\times$',
};

export function escapeLatex(text: string): string {
  return text.replace(/[\\~^<>&%$#_{}±≤×]/g, (sign) => special[sign] ?? `\\${sign}`);
}
