import { CliError } from './failure.ts';

/** Parsers of single arguments. Each throws CliError 'usage' that names the option, what it expects and what came. */

export type ArgumentParser<T> = (text: string) => T;

export function wholeNumber(name: string, least: number, most = Number.MAX_SAFE_INTEGER): ArgumentParser<number> {
  return (text) => {
    const value = /^[+-]?\d+$/.test(text) ? Number(text) : NaN;
    if (!(value >= least && value <= most)) {
      const limits = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
      throw new CliError('usage', `${name} expects a whole number ${limits}, got '${text}'.`);
    }
    return value;
  };
}

/** A size HxW: [height, width]. */
export function size(name: string): ArgumentParser<readonly [number, number]> {
  return (text) => {
    const match = /^(\d{1,5})x(\d{1,5})$/i.exec(text);
    const height = Number(match?.[1] ?? 0);
    const width = Number(match?.[2] ?? 0);
    if (height < 1 || width < 1) {
      throw new CliError('usage', `${name} expects a size HEIGHTxWIDTH in pixels, got '${text}'.`, {
        tip: 'For example 512x1024: height first.',
      });
    }
    return [height, width];
  };
}

/** Boxes X,Y,WIDTH,HEIGHT, one each time that the option is given. */
export function boxes(name: string) {
  type Box = readonly [number, number, number, number];
  return (text: string, before: readonly Box[] | undefined): readonly Box[] => {
    const values = text.split(',').map((part) => (/^-?\d+(\.\d+)?$/.test(part.trim()) ? Number(part) : NaN));
    const [x = NaN, y = NaN, width = NaN, height = NaN] = values;
    if (values.length !== 4 || values.some(Number.isNaN) || width <= 0 || height <= 0) {
      throw new CliError('usage', `${name} expects X,Y,WIDTH,HEIGHT in pixels, got '${text}'.`, { tip: 'For example 120,40,80,200.' });
    }
    return [...(before ?? []), [x, y, width, height]];
  };
}

/** A count with an optional prefix: '61000000', '61M', '1.9G'. */
export function quantityArgument(name: string): ArgumentParser<number> {
  const factors: Readonly<Record<string, number>> = { '': 1, k: 1e3, K: 1e3, M: 1e6, G: 1e9 };
  return (text) => {
    const match = /^(\d+(?:\.\d+)?(?:e\d+)?) ?([kKMG]?)$/.exec(text);
    const value = match === null ? NaN : Number(match[1]) * (factors[match[2] ?? ''] as number);
    if (!(value > 0)) throw new CliError('usage', `${name} expects a positive count such as 61M or 1.9G, got '${text}'.`);
    return value;
  };
}

export function finiteNumber(name: string): ArgumentParser<number> {
  return (text) => {
    const value = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : NaN;
    if (!Number.isFinite(value)) throw new CliError('usage', `${name} expects a number, got '${text}'.`);
    return value;
  };
}

export function positiveNumber(name: string): ArgumentParser<number> {
  const parse = finiteNumber(name);
  return (text) => {
    const value = parse(text);
    if (!(value > 0)) throw new CliError('usage', `${name} expects a number above 0, got '${text}'.`);
    return value;
  };
}

export function oneOf<T extends string>(name: string, values: readonly T[]): ArgumentParser<T> {
  return (text) => {
    const value = values.find((entry) => entry === text);
    if (value === undefined) throw new CliError('usage', `${name} expects one of ${values.join(', ')}; got '${text}'.`);
    return value;
  };
}

/** For options that may be given several times. */
export function collect(text: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), text];
}

/** Words separated by commas. */
export function listOf(text: string): readonly string[] {
  return text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
}

/** A trial: '12' or 't12'. */
export function trialNumber(text: string): number {
  const match = /^t?(\d+)$/.exec(text);
  if (match === null) throw new CliError('usage', `A trial is named by its number, for example t12; got '${text}'.`);
  return Number(match[1]);
}
