import type { FrontPoints, FrontView, PublishedPoint } from '../../electron/ipc/tradeoff.ts';

/** How a point is drawn. */
export const looks = { front: 0, dominated: 1, trajectory: 2, reference: 3, out: 4 } as const;

/** Bits of `FrontPoints.flags`, as electron/ipc/tradeoff.ts lists them. */
export const pointFlags = { competes: 1, infeasible: 2, excluded: 4, starred: 8, shortlisted: 16 } as const;

export type ColourBy = 'experiment' | 'series' | 'params' | 'macs' | 'latency';
export type SizeBy = 'none' | 'params' | 'macs';

export interface Stairs {
  /** Points of the front by rising cost. */
  readonly points: readonly number[];
  /** Index of the experiment, -1 for all together. */
  readonly experiment: number;
}

/** Everything that is drawn between the axes, without colours and pixels. */
export interface FrontScene {
  readonly points: FrontPoints;
  /** One of `looks` a point, 255 for what is not there yet at `until`. */
  readonly look: Uint8Array;
  /** Index into a list of colours a point. */
  readonly colour: Uint8Array;
  /** Radius on top of the usual one, px. */
  readonly size: Float32Array | undefined;
  readonly stairs: readonly Stairs[];
  readonly knee: number | undefined;
  /** Points of each series from trial to trial, where trials on the way are among them. */
  readonly paths: readonly (readonly number[])[];
  readonly published: readonly PublishedPoint[];
  readonly isAlone: boolean;
}

export interface SceneOptions {
  /** Only trials up to this number, with the front of that time; everything when left out. */
  readonly until?: number | undefined;
  readonly colour: ColourBy;
  readonly size: SizeBy;
  /** Experiments whose own staircase is not drawn. */
  readonly hidden?: ReadonlySet<string> | undefined;
}

/** Steps of a colour scale for costs. */
export const costSteps = 6;

export function frontScene(view: FrontView, { until, colour, size, hidden }: SceneOptions): FrontScene {
  const { points } = view;
  const count = points.number.length;
  const isWhole = until === undefined || until >= view.lastNumber;
  const isAlone = view.experiments.length < 2;
  const look = new Uint8Array(count);
  for (let i = 0; i < count; i++) look[i] = !isWhole && (points.number[i] as number) > until ? 255 : lookOf(points, i);
  const joint = isWhole ? view.joint.points : frontAt(points, until, undefined);
  const own = view.experiments.map(({ front }, experiment) => (isWhole ? front.points : frontAt(points, until, experiment)));
  for (const i of [...joint, ...own.flat()]) look[i] = looks.front;
  return {
    points,
    look,
    colour: coloursOf(view, colour),
    size: size === 'none' ? undefined : sizesOf(points[size]),
    stairs: [
      ...(isAlone
        ? []
        : own.flatMap((members, experiment) =>
            hidden?.has(view.experiments[experiment]?.id ?? '') === true ? [] : [{ points: members, experiment }],
          )),
      { points: joint, experiment: isAlone ? 0 : -1 },
    ],
    knee: isWhole ? view.joint.knee?.point : undefined,
    paths: pathsOf(points, look),
    published: view.published,
    isAlone,
  };
}

function lookOf({ role, flags }: FrontPoints, i: number): number {
  const flag = flags[i] as number;
  if ((flag & (pointFlags.infeasible | pointFlags.excluded)) !== 0) return looks.out;
  return role[i] === 1 ? looks.trajectory : role[i] === 2 ? looks.reference : looks.dominated;
}

/** The front that was valid when trial `until` had finished: of one experiment, or over all. */
export function frontAt(points: FrontPoints, until: number, experiment: number | undefined): number[] {
  const entered = experiment === undefined ? (points.jointEntered ?? points.entered) : points.entered;
  const left = experiment === undefined ? (points.jointLeft ?? points.left) : points.left;
  const members: number[] = [];
  for (let i = 0; i < entered.length; i++) {
    const from = entered[i] as number;
    const to = left[i] as number;
    if (from >= 0 && from <= until && (to < 0 || until < to) && (experiment === undefined || points.experiment[i] === experiment))
      members.push(i);
  }
  return members.sort((a, b) => (points.x[a] as number) - (points.x[b] as number));
}

function coloursOf({ points, series, experiments }: FrontView, by: ColourBy): Uint8Array {
  const count = points.number.length;
  switch (by) {
    case 'experiment':
      return Uint8Array.from(points.experiment);
    case 'series':
      return series.length === 0 ? Uint8Array.from(points.experiment) : Uint8Array.from(points.series, (index) => Math.max(0, index) % 250);
    case 'params':
    case 'macs':
    case 'latency': {
      const values = by === 'latency' ? points.latencyMs : points[by];
      if (values === undefined) return new Uint8Array(count).fill(experiments.length === 0 ? 0 : costSteps - 1);
      const [low, high] = extentOf(values);
      return Uint8Array.from(values, (value) =>
        value === null || high === low ? 0 : Math.min(costSteps - 1, Math.floor((costSteps * (value - low)) / (high - low))),
      );
    }
  }
}

function sizesOf(values: readonly number[]): Float32Array {
  const [low, high] = extentOf(values);
  return Float32Array.from(values, (value) => (high === low ? 0 : 4 * Math.sqrt((value - low) / (high - low))));
}

export function extentOf(values: readonly (number | null)[]): readonly [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (value === null || !Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}

/** Long series have no readable path: then there is none. */
const longestPath = 400;

function pathsOf({ series, experiment, role }: FrontPoints, look: Uint8Array): readonly (readonly number[])[] {
  const hasTrajectory = new Set<string>();
  const bySeries = new Map<string, number[]>();
  for (let i = 0; i < series.length; i++) {
    if ((series[i] as number) < 0 || role[i] === 2 || look[i] === 255) continue;
    const key = `${experiment[i]} ${series[i]}`;
    if (role[i] === 1) hasTrajectory.add(key);
    const known = bySeries.get(key);
    if (known === undefined) bySeries.set(key, [i]);
    else known.push(i);
  }
  return [...bySeries].flatMap(([key, path]) => (hasTrajectory.has(key) && path.length > 1 && path.length <= longestPath ? [path] : []));
}
