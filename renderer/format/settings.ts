import type { Json } from '../../db/store.ts';

export interface SettingDifference {
  readonly path: string;
  readonly from: Json | undefined;
  readonly to: Json | undefined;
}

/** Every value of a configuration by its dotted path, as `--set` takes them; lists count as values. */
export function leavesOf(value: Json, path = ''): readonly (readonly [path: string, value: Json])[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [[path, value]];
  return Object.entries(value as Readonly<Record<string, Json>>).flatMap(([key, inner]) =>
    leavesOf(inner, path === '' ? key : `${path}.${key}`),
  );
}

/** Settings in which two configurations differ, by path. */
export function settingDifferences(from: Json, to: Json): readonly SettingDifference[] {
  const [before, after] = [new Map(leavesOf(from)), new Map(leavesOf(to))];
  return [...new Set([...before.keys(), ...after.keys()])].toSorted().flatMap((path) => {
    const [left, right] = [before.get(path), after.get(path)];
    return JSON.stringify(left) === JSON.stringify(right) ? [] : [{ path, from: left, to: right }];
  });
}

/** A value as it is typed: 0.004, [64,128], "demo". A word without quotes is a text. */
export function parseSetting(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text.trim();
  }
}

export function settingText(value: Json | undefined): string {
  if (value === undefined) return '—';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
