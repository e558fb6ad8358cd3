import { describe, expect, it } from 'vitest';
import { bytes } from '../../../renderer/format/bytes.ts';
import { dateTime } from '../../../renderer/format/date.ts';
import { duration, latency } from '../../../renderer/format/duration.ts';
import { percent, percentWithDeviation, points } from '../../../renderer/format/percent.ts';
import { count, counted, macs, quantity } from '../../../renderer/format/quantity.ts';

/** Numbers and units are held together by a space that does not break. */
const plain = (text: string): string => text.replaceAll('\u00a0', ' ');

describe('numbers as text', () => {
  it.each([
    [61_521_920, '61.5 M MACs'],
    [3_104_000_000, '3.10 G MACs'],
    [999, '999 MACs'],
    [999_600, '1.00 M MACs'],
    [0, '0 MACs'],
  ])('%d MACs: three significant digits and a prefix', (value, expected) => expect(plain(macs(value))).toBe(expected));

  it('what is missing is a dash, never 0', () => {
    expect([macs(undefined), quantity(null), percent(NaN), bytes(undefined), duration(undefined), latency(null), count(Infinity)]).toEqual(
      Array.from({ length: 7 }, () => '—'),
    );
  });

  it('fractions become per cent, differences points with their sign', () => {
    expect(plain(percent(0.7391))).toBe('73.9 %');
    expect(plain(percentWithDeviation(0.7391, 0.002))).toBe('73.9 ± 0.2 %');
    expect(plain(points(-0.061))).toBe('−6.1 pp');
    expect(plain(points(0.019))).toBe('+1.9 pp');
  });

  it.each([
    [0.4, '400 ms'],
    [41, '41 s'],
    [302, '5 min 02 s'],
    [11_400, '3 h 10 min'],
    [187_200, '2 d 4 h'],
  ])('%d seconds', (seconds, expected) => expect(plain(duration(seconds))).toBe(expected));

  it('latencies keep three digits, bytes count in thousands, one thing is not many', () => {
    expect(plain(latency(2.137))).toBe('2.14 ms');
    expect(plain(latency(1240.4))).toBe('1,240 ms');
    expect(plain(bytes(18_874_368))).toBe('18.9 MB');
    expect(plain(bytes(0))).toBe('0 B');
    expect(plain(counted(1, 'trial'))).toBe('1 trial');
    expect(plain(counted(1200, 'trial'))).toBe('1,200 trials');
  });

  it('times of today stand without their day, of another year without their hour', () => {
    const now = new Date(2026, 10, 24, 18, 0);
    expect(dateTime(new Date(2026, 10, 24, 14, 2).toISOString(), now)).toBe('14:02');
    expect(dateTime(new Date(2026, 0, 5, 9, 30).toISOString(), now)).toBe('5 Jan, 09:30');
    expect(dateTime(new Date(2025, 0, 5, 9, 30).toISOString(), now)).toBe('5 Jan 2025');
  });
});
