import { DatasetError } from '../source.ts';
import { labelOfName, type CityscapesLabel } from './labels.ts';
import { scanPolygon, type Point } from './rasterize.ts';

/** One object of a `_polygons.json` file; later objects cover earlier ones. */
export interface PolygonObject {
  readonly label: string;
  readonly polygon: readonly Point[];
  readonly deleted?: number;
}

export interface PolygonFile {
  readonly imgHeight: number;
  readonly imgWidth: number;
  readonly objects: readonly PolygonObject[];
}

/** Parses a polygon file. Throws DatasetError 'cs-poly-bad' that says what is wrong; the caller names the file. */
export function parsePolygonFile(text: string): PolygonFile {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw bad(`is no valid JSON (${cause instanceof Error ? cause.message : String(cause)})`);
  }
  if (!isRecord(value) || !Array.isArray(value['objects'])) throw bad('has no list of objects');
  const { imgHeight, imgWidth } = value;
  if (typeof imgHeight !== 'number' || typeof imgWidth !== 'number') throw bad('has no imgHeight and imgWidth');
  const objects = value['objects'].map((object: unknown, i) => parseObject(object, i));
  return { imgHeight, imgWidth, objects };
}

function parseObject(value: unknown, i: number): PolygonObject {
  if (!isRecord(value) || typeof value['label'] !== 'string' || !Array.isArray(value['polygon']))
    throw bad(`object ${i} has no label or no polygon`);
  const { label, deleted } = value;
  const polygon = value['polygon'].map((point: unknown): Point => {
    if (!Array.isArray(point) || typeof point[0] !== 'number' || typeof point[1] !== 'number')
      throw bad(`object ${i} (${label}) has a corner that is no pair of numbers`);
    return [point[0], point[1]];
  });
  if (polygon.length < 3) throw bad(`object ${i} (${label}) has ${polygon.length} corners; expected at least 3`);
  if (resolveLabel(label) === undefined) throw bad(`object ${i} has the unknown label '${label}'`);
  return { label, polygon, ...(deleted === 1 ? { deleted } : {}) };
}

/** The label of a polygon; a name that ends in `group` is its stem without an own instance (cargroup, persongroup). */
export function resolveLabel(name: string): { readonly label: CityscapesLabel; readonly isGroup: boolean } | undefined {
  const label = labelOfName(name);
  if (label !== undefined) return { label, isGroup: false };
  const stem = name.endsWith('group') ? labelOfName(name.slice(0, -'group'.length)) : undefined;
  return stem === undefined ? undefined : { label: stem, isGroup: true };
}

/** Label and instance maps, [height, width]. */
export interface PolygonMaps {
  readonly labelIds: Uint8Array;
  readonly instanceIds: Uint16Array;
  /** Which object covers a pixel, counted from 1; 0 = none. */
  readonly objectIndex: Uint16Array;
}

/** Draws polygons in order, as cityscapesScripts does (json2labelImg, json2instanceImg): negative ids and deleted objects are not drawn. */
export function drawPolygons(file: PolygonFile): PolygonMaps {
  const { imgHeight, imgWidth, objects } = file;
  const objectIndex = new Uint16Array(imgHeight * imgWidth);
  const ids = new Uint8Array(objects.length + 1);
  const instances = new Uint16Array(objects.length + 1);
  const counts = new Map<number, number>();
  objects.forEach((object, i) => {
    const resolved = resolveLabel(object.label);
    if (resolved === undefined) throw bad(`object ${i} has the unknown label '${object.label}'`);
    const { label, isGroup } = resolved;
    if (object.deleted === 1 || label.id < 0) return;
    ids[i + 1] = label.id;
    instances[i + 1] = label.id;
    if (label.hasInstances && !isGroup) {
      const count = counts.get(label.id) ?? 0;
      counts.set(label.id, count + 1);
      instances[i + 1] = label.id * 1000 + count;
    }
    scanPolygon(object.polygon, imgHeight, imgWidth, (y, start, end) => objectIndex.fill(i + 1, y * imgWidth + start, y * imgWidth + end));
  });
  return {
    labelIds: Uint8Array.from(objectIndex, (i) => ids[i] as number),
    instanceIds: Uint16Array.from(objectIndex, (i) => instances[i] as number),
    objectIndex,
  };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function bad(what: string): DatasetError {
  return new DatasetError('cs-poly-bad', what);
}
