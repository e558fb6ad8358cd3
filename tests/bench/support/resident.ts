import { readFileSync } from 'node:fs';

/** Bytes of this process: resident now (VmRSS), or at most so far (VmHWM). Where there is no /proc, what Node tells. */
export function residentBytes(field: 'VmRSS' | 'VmHWM'): number {
  try {
    const line = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(readFileSync('/proc/self/status', 'utf8'));
    return Number(line![1]) * 1024;
  } catch {
    return field === 'VmRSS' ? process.memoryUsage.rss() : process.resourceUsage().maxRSS * 1024;
  }
}
