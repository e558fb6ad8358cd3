import type { Finding } from './findings.ts';

const columns = ['severity', 'code', 'split', 'count', 'message', 'tip', 'examples'] as const;

/** Findings as a table for spreadsheets (RFC 4180): one line each, a head, examples separated by line breaks inside of their field. */
export function findingsCsv(findings: readonly Finding[]): string {
  const lines = findings.map(({ severity, code, split = '', count, message, tip, examples }) =>
    [severity, code, split, String(count), message, tip, examples.join('\n')].map(field).join(','),
  );
  return [columns.join(','), ...lines].map((line) => `${line}\r\n`).join('');
}

/** A text that a spreadsheet would take for a formula begins with an apostrophe. */
function field(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
