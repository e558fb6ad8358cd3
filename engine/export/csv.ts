/** A field of a CSV file (RFC 4180). A text that a spreadsheet would take for a formula is told apart by an apostrophe. */
export function csvField(text: string): string {
  const safe = /^[=+@\t]|^-(?![\d.])/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
