import type { ExperimentStore } from '../../../db/store.ts';
import { findSpace } from '../../../engine/catalog.ts';
import type { FrontRow } from '../../../engine/export/front-row.ts';
import { frontTable } from '../../../engine/export/front-table.ts';
import type { FrontTable } from '../../../engine/export/front-table.ts';
import { publishedNetworks } from '../../../engine/export/published-network.ts';
import type { PublishedNetwork } from '../../../engine/export/published-network.ts';
import type { FrontRequest } from '../../ipc/tradeoff.ts';
import { TrialSources } from './trial-source.ts';
import type { SourceTrial, TrialSource } from './trial-source.ts';

/** A request with what it selects: all views of one request are made of the same table. */
export interface Selection {
  readonly sources: readonly TrialSource[];
  readonly table: FrontTable<SourceTrial>;
  readonly rowOf: ReadonlyMap<SourceTrial, FrontRow<SourceTrial>>;
}

const mostKept = 6;

/** Makes the table of a selection once for the chart, its table and its exports. */
export class Selections {
  readonly #sources = new TrialSources();
  readonly #kept = new Map<string, Selection>();
  readonly #published = new Map<string, readonly PublishedNetwork[]>();

  of(store: ExperimentStore, request: FrontRequest): Selection {
    const ids = [...new Set(request.ids)];
    const sources = ids.map((id) => this.#sources.read(store, id));
    const { x, metric, split, kind, aggregate, limits, logX, published } = request;
    const key = JSON.stringify([
      sources.map(({ id, version }) => [id, version]),
      x,
      metric,
      split,
      kind,
      aggregate,
      limits,
      logX,
      published,
    ]);
    const kept = this.#kept.get(key);
    if (kept !== undefined) {
      this.#kept.delete(key);
      this.#kept.set(key, kept);
      return kept;
    }
    const table = frontTable(sources, {
      axis: x ?? 'macs',
      ...(metric === undefined ? {} : { metric }),
      ...(split === undefined ? {} : { split }),
      ...(kind === undefined ? {} : { kind }),
      ...(aggregate === undefined ? {} : { aggregate }),
      ...(limits === undefined ? {} : { limits }),
      logX: logX ?? false,
      published:
        published === true ? [...new Set(sources.map(({ record }) => record.system))].flatMap((system) => this.#publishedOf(system)) : [],
    });
    const selection = { sources, table, rowOf: new Map(table.points.map((row) => [row.trial, row])) };
    this.#kept.set(key, selection);
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= mostKept) break;
      this.#kept.delete(oldest);
    }
    return selection;
  }

  #publishedOf(system: string): readonly PublishedNetwork[] {
    const known = this.#published.get(system) ?? publishedNetworks(findSpace(system));
    this.#published.set(system, known);
    return known;
  }
}
