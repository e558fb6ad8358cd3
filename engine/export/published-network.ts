import { estimate } from '../cost/estimate.ts';
import type { SearchSpace } from '../spaces/search-space.ts';
import { publishedFigures } from '../spaces/published-figures.ts';
import { sizeText } from './quantity.ts';

/** A published network as it is drawn beside trials: its cost is counted by us, its score is quoted. */
export interface PublishedNetwork {
  readonly name: string;
  readonly system: string;
  readonly macs: number;
  readonly params: number;
  readonly activationBytes: number;
  readonly input: string;
  /** As a fraction; null where no checked figure exists. */
  readonly value: number | null;
  readonly metric?: string;
  /** 'COCO val2017, single scale'. */
  readonly on?: string;
  readonly source: string;
}

/** The published networks of a space at their own inputs. Graphs are built for each: some 10 ms apiece. */
export function publishedNetworks(space: SearchSpace): readonly PublishedNetwork[] {
  return space.published.map(({ name, arch, source }) => {
    const input = space.defaultInput(arch.settings);
    const { macs, params, activationBytes } = estimate(space.graph(arch, input));
    const figure = publishedFigures[name];
    return {
      name,
      system: space.id,
      macs,
      params,
      activationBytes,
      input: sizeText(input),
      value: figure?.value ?? null,
      ...(figure === undefined ? {} : { metric: figure.metric, on: figure.on }),
      source: figure?.source ?? source,
    };
  });
}
