/** Numbers as people read them: "1.94 G MACs", "73.9 %". Fractions stay fractions everywhere else. */

export interface Prefix {
  readonly sign: 'G' | 'M' | 'k' | '';
  readonly factor: number;
}

const prefixes: readonly Prefix[] = [
  { sign: 'G', factor: 1e9 },
  { sign: 'M', factor: 1e6 },
  { sign: 'k', factor: 1e3 },
];

/** The decimal prefix in which `value` reads as 1 to 999 (values under 1000 get none). */
export function prefixFor(value: number): Prefix {
  return prefixes.find((prefix) => Math.abs(value) >= prefix.factor) ?? { sign: '', factor: 1 };
}

/** Three significant digits, never in exponent form: 0.0123, 1.94, 61.9, 966. */
export function threeDigits(value: number): string {
  if (!Number.isFinite(value)) return '—';
  const size = Math.abs(value);
  if (size === 0) return '0';
  const decimals = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : Math.min(6, 2 - Math.floor(Math.log10(size)));
  return value.toFixed(decimals);
}

/** `quantity(61943184, 'MACs')` is '61.9 M MACs'; a whole number below 1000 is exact: '7 MACs'. */
export function quantity(value: number, unit: string): string {
  if (!Number.isFinite(value)) return '—';
  const prefix = prefixFor(value);
  const isExact = prefix.factor === 1 && Number.isInteger(value);
  return [isExact ? String(value) : threeDigits(value / prefix.factor), prefix.sign, unit].filter((part) => part !== '').join(' ');
}

/** A fraction as per cent with one decimal: 0.7386 is '73.9 %'. NaN and null are '—'. */
export function percent(fraction: number | null | undefined, decimals = 1): string {
  if (fraction === null || fraction === undefined || !Number.isFinite(fraction)) return '—';
  return `${(100 * fraction).toFixed(decimals)} %`;
}

/** [64, 128, 3] as '64x128x3': sizes are written height x width. */
export function sizeText(shape: readonly number[]): string {
  return shape.join('x');
}
