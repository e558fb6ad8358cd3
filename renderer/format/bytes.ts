import { orMissing } from './missing.ts';

const units = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** Bytes in powers of 1000: '18.9 MB'. */
export function bytes(value: number | null | undefined): string {
  return orMissing(value, (given) => {
    const power = given < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(given) / 3));
    const scaled = given / 1000 ** power;
    return `${power === 0 ? scaled : Number(scaled.toPrecision(3))}\u00a0${units[power] ?? 'B'}`;
  });
}
