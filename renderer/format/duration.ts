import { orMissing } from './missing.ts';

const space = '\u00a0';

/** Seconds for people: '41 s', '5 min 02 s', '3 h 10 min', '2 d 4 h'. */
export function duration(seconds: number | null | undefined): string {
  return orMissing(seconds, (given) => {
    if (given < 0.95) return `${Math.max(0, Math.round(given * 1000))}${space}ms`;
    const total = Math.round(given);
    const [days, hours] = [Math.floor(total / 86_400), Math.floor(total / 3600) % 24];
    const [minutes, rest] = [Math.floor(total / 60) % 60, total % 60];
    if (days > 0) return `${days}${space}d ${hours}${space}h`;
    if (hours > 0) return `${hours}${space}h ${String(minutes).padStart(2, '0')}${space}min`;
    if (minutes > 0) return `${minutes}${space}min ${String(rest).padStart(2, '0')}${space}s`;
    return `${rest}${space}s`;
  });
}

/** Milliseconds of a latency: '2.14 ms', '29.3 ms', '1,240 ms'. */
export function latency(ms: number | null | undefined): string {
  return orMissing(ms, (given) => `${given >= 100 ? Math.round(given).toLocaleString('en') : given.toPrecision(3)}${space}ms`);
}
