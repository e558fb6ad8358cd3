const mostColumns = 120;

/** JSON for reading: whatever fits on a line stays on one line. Values that JSON lacks (NaN, undefined) come out as JSON.stringify has them. */
export function prettyJson(value: unknown): string {
  const text = JSON.stringify(value);
  return text === undefined ? 'null' : lines(JSON.parse(text), '');
}

function lines(value: unknown, indent: string): string {
  const short = inline(value);
  if (indent.length + short.length <= mostColumns || typeof value !== 'object' || value === null) return short;
  const inner = `${indent}  `;
  const isList = Array.isArray(value);
  const entries = Object.entries(value).map(([key, entry]) => `${inner}${isList ? '' : `${JSON.stringify(key)}: `}${lines(entry, inner)}`);
  const [open, close] = isList ? '[]' : '{}';
  return `${open}\n${entries.join(',\n')}\n${indent}${close}`;
}

function inline(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inline).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).map(([key, entry]) => `${JSON.stringify(key)}: ${inline(entry)}`);
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
}
