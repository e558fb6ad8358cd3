import type { Json } from '../../../db/store.ts';
import { leavesOf } from '../../format/settings.ts';

/** One option of a configuration as a form shows it. */
export interface ConfigField {
  readonly path: string;
  /** 'crop', 'optimizer.momentum'. */
  readonly label: string;
  readonly value: Json;
  readonly note: string | undefined;
  /** Where only some values are allowed. */
  readonly options: readonly string[] | undefined;
}

type Schema = Readonly<Record<string, unknown>>;

const isRecord = (value: unknown): value is Schema => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Every option of one section with its note and what it may be. */
export function fieldsOf(config: Json, section: string, notes: Readonly<Record<string, string>>, schema: Json): readonly ConfigField[] {
  const part = isRecord(config) ? (config as Readonly<Record<string, Json>>)[section] : undefined;
  if (part === undefined) return [];
  return leavesOf(part, section)
    .filter(([path]) => path !== 'data.dataset' && path !== 'data.kind' && path !== section)
    .map(([path, value]) => ({
      path,
      label: path.slice(section.length + 1),
      value,
      note: noteOf(path, section, notes),
      options: optionsAt(schema as Schema, path.split('.'), config),
    }));
}

/** Its own, else that of the group it belongs to; a section's own note stands above its fields. */
function noteOf(path: string, section: string, notes: Readonly<Record<string, string>>): string | undefined {
  const group = path.slice(0, path.lastIndexOf('.'));
  return notes[path] ?? (group === section ? undefined : notes[group]);
}

/** The values that a schema allows at a path: an enumeration, or the names of alternatives. */
function optionsAt(schema: Schema, path: readonly string[], config: Json): readonly string[] | undefined {
  const [key, ...rest] = path;
  if (key === undefined) return textsOf(schema['enum']);
  const alternatives = [schema['oneOf'], schema['anyOf']].flatMap((list) => (Array.isArray(list) ? (list as Schema[]) : []));
  if (alternatives.length > 0) {
    const constantOf = (one: Schema, name: string): unknown => propertyOf(propertyOf(one, 'properties'), name)?.['const'];
    // data is told apart by its kind, everything else by an id
    const name = alternatives.some((one) => constantOf(one, 'kind') !== undefined) ? 'kind' : 'id';
    if (key === name) return alternatives.flatMap((one) => textsOf([constantOf(one, name)]) ?? []);
    const chosen = isRecord(config) ? config[name] : undefined;
    const match = alternatives.find((one) => constantOf(one, name) === chosen);
    return match === undefined ? undefined : optionsAt(match, path, config);
  }
  const inner = propertyOf(propertyOf(schema, 'properties'), key);
  return inner === undefined
    ? undefined
    : optionsAt(inner, rest, isRecord(config) ? ((config as Readonly<Record<string, Json>>)[key] ?? null) : null);
}

function propertyOf(schema: Schema | undefined, key: string): Schema | undefined {
  const value = schema?.[key];
  return isRecord(value) ? value : undefined;
}

function textsOf(values: unknown): readonly string[] | undefined {
  if (!Array.isArray(values)) return undefined;
  const texts = values.filter((value): value is string => typeof value === 'string');
  return texts.length === 0 ? undefined : texts;
}

/** A value as it is typed into a field: lists without their brackets. */
export function fieldText(value: Json): string {
  if (Array.isArray(value)) return value.map((entry) => (typeof entry === 'object' ? JSON.stringify(entry) : String(entry))).join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** What was typed in place of `before`: of its kind, else as it is (the lab says what is wrong with it). */
export function parseField(text: string, before: Json): Json {
  if (typeof before === 'string') return text;
  const json = Array.isArray(before) ? `[${text}]` : text;
  try {
    return JSON.parse(json) as Json;
  } catch {
    return text;
  }
}
