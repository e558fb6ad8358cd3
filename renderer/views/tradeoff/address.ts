import { computed } from 'vue';
import type { LocationQuery } from 'vue-router';
import { useRoute, useRouter } from 'vue-router';
import type { CostAxis, FrontRequest, TrialLimits } from '../../../electron/ipc/tradeoff.ts';
import type { ColourBy, SizeBy } from '../../charts/front-scene.ts';

/** What the view shows, as its address says it. */
export interface TradeoffAddress {
  readonly ids: readonly string[];
  readonly x: CostAxis;
  /** 'mIoU|search-val|proxy'; '' for whatever the trials have first. */
  readonly y: string;
  readonly aggregate: 'best' | 'last' | 'mean';
  readonly isLog: boolean;
  readonly published: boolean;
  readonly colour: ColourBy;
  readonly size: SizeBy;
  readonly limits: TrialLimits;
  /** Experiments without a staircase of their own. */
  readonly hidden: readonly string[];
  /** Replayed trial; undefined for the end. */
  readonly until: number | undefined;
}

const axes = ['macs', 'params', 'activationBytes', 'latency'] as const;
const colours = ['experiment', 'series', 'params', 'macs', 'latency'] as const;
const sizes = ['none', 'params', 'macs'] as const;
const aggregates = ['best', 'last', 'mean'] as const;

export function addressOf(query: LocationQuery): TradeoffAddress {
  const text = (key: string): string => (typeof query[key] === 'string' ? query[key] : '');
  const list = (key: string): readonly string[] =>
    text(key)
      .split(',')
      .filter((part) => part !== '');
  const number = (key: string): number | undefined =>
    text(key) !== '' && Number.isFinite(Number(text(key))) ? Number(text(key)) : undefined;
  const one = <T extends string>(key: string, values: readonly T[], usual: T): T => values.find((value) => value === text(key)) ?? usual;
  const maxMacs = number('maxMacs');
  const maxParams = number('maxParams');
  const maxLatencyMs = number('maxMs');
  return {
    ids: list('ids'),
    x: one('x', axes, 'macs'),
    y: text('y'),
    aggregate: one('of', aggregates, 'best'),
    isLog: text('log') === '1',
    published: text('published') === '1',
    colour: one('colour', colours, 'experiment'),
    size: one('size', sizes, 'none'),
    limits: {
      ...(maxMacs === undefined ? {} : { maxMacs }),
      ...(maxParams === undefined ? {} : { maxParams }),
      ...(maxLatencyMs === undefined ? {} : { maxLatencyMs }),
    },
    hidden: list('hidden'),
    until: number('until'),
  };
}

/** Only what differs from the usual stands in the address. */
export function queryOf(address: TradeoffAddress): Record<string, string> {
  const parts: readonly (readonly [string, string | number | undefined])[] = [
    ['ids', address.ids.join(',')],
    ['x', address.x === 'macs' ? '' : address.x],
    ['y', address.y],
    ['of', address.aggregate === 'best' ? '' : address.aggregate],
    ['log', address.isLog ? '1' : ''],
    ['published', address.published ? '1' : ''],
    ['colour', address.colour === 'experiment' ? '' : address.colour],
    ['size', address.size === 'none' ? '' : address.size],
    ['maxMacs', address.limits.maxMacs],
    ['maxParams', address.limits.maxParams],
    ['maxMs', address.limits.maxLatencyMs],
    ['hidden', address.hidden.join(',')],
    ['until', address.until],
  ];
  return Object.fromEntries(parts.flatMap(([key, value]) => (value === undefined || value === '' ? [] : [[key, String(value)]])));
}

/** What the lab is asked for. */
export function requestOf({ ids, x, y, aggregate, isLog, published, limits }: TradeoffAddress): FrontRequest {
  const [metric, split, kind] = y.split('|');
  return {
    ids,
    x,
    aggregate,
    logX: isLog,
    published,
    limits,
    ...(metric === undefined || metric === '' ? {} : { metric }),
    ...(split === undefined || split === '' ? {} : { split }),
    ...(kind === 'proxy' || kind === 'retrained' ? { kind } : {}),
  };
}

export function useTradeoffAddress() {
  const route = useRoute();
  const router = useRouter();
  const address = computed(() => addressOf(route.query));
  return {
    address,
    change: (part: Partial<TradeoffAddress>): void => {
      if (route.name === 'tradeoff') void router.replace({ query: queryOf({ ...address.value, ...part }) });
    },
  };
}
