import { orMissing } from './missing.ts';

const prefixes = [
  [1e12, 'T'],
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
] as const;
const number = new Intl.NumberFormat('en', { minimumSignificantDigits: 3, maximumSignificantDigits: 3 });
const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const space = '\u00a0';

/** 3_104_000_000, 'MACs' -> '3.10 G MACs'; three significant digits, whole numbers below a thousand. */
export function quantity(value: number | null | undefined, unit = ''): string {
  return orMissing(value, (given) => {
    const found = prefixes.find(([factor]) => Math.abs(given) >= factor * 0.9995);
    const text = found === undefined ? shortNumber(given) : `${number.format(given / found[0])}${space}${found[1]}`;
    return unit === '' ? text : `${text}${space}${unit}`;
  });
}

/** Multiply-accumulates of one input. */
export function macs(value: number | null | undefined): string {
  return quantity(value, 'MACs');
}

export function params(value: number | null | undefined): string {
  return quantity(value, 'params');
}

/** 12345 -> '12,345'. */
export function count(value: number | null | undefined): string {
  return orMissing(value, (given) => whole.format(given));
}

/** '3 trials', '1 trial'. */
export function counted(value: number, noun: string, plural = `${noun}s`): string {
  return `${whole.format(value)}${space}${value === 1 ? noun : plural}`;
}

function shortNumber(value: number): string {
  return Number.isInteger(value) ? whole.format(value) : String(Number(value.toPrecision(3)));
}
