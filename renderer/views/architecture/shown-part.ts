import type { ArchitectureElement, ArchitectureView } from '../../../electron/ipc/architecture.ts';
import type { DiffElement, DiffStatus } from '../../../engine/graph/diff.ts';
import { bytes } from '../../format/bytes.ts';
import { latency } from '../../format/duration.ts';
import { percent } from '../../format/percent.ts';
import { macs, params } from '../../format/quantity.ts';

/** What parts are coloured by. */
export type Colour = 'macs' | 'params' | 'activationBytes' | 'measuredMs';

export const colourNames: Readonly<Record<Colour, string>> = {
  macs: 'MACs',
  params: 'Parameters',
  activationBytes: 'Activations',
  measuredMs: 'Measured',
};

/** A part as drawings, the table and the panel show it; of one network or of two laid over each other. */
export interface ShownPart {
  readonly position: number;
  readonly key: string;
  readonly kind: 'group' | 'node' | 'input';
  readonly parent: number;
  readonly depth: number;
  readonly isBlock: boolean;
  readonly label: string;
  readonly title: string;
  readonly shape: readonly number[];
  readonly nodes: number;
  readonly value: Readonly<Record<Colour, number>>;
  readonly status?: DiffStatus;
}

export function partsOf(elements: readonly (ArchitectureElement | DiffElement)[]): readonly ShownPart[] {
  return elements.map((element, position) => ({
    position,
    key: element.key,
    kind: element.kind,
    parent: element.parent,
    depth: element.depth,
    isBlock: element.isBlock,
    label: element.kind === 'group' ? element.label : element.title,
    title: element.title,
    shape: element.shape,
    nodes: element.nodes,
    value: {
      macs: element.macs,
      params: element.params,
      activationBytes: element.activationBytes,
      measuredMs: ('measuredMs' in element ? element.measuredMs : undefined) ?? 0,
    },
    ...('status' in element ? { status: element.status } : {}),
  }));
}

/** A value of a colour with its unit. */
export function amount(colour: Colour, value: number): string {
  switch (colour) {
    case 'macs':
      return macs(value);
    case 'params':
      return params(value);
    case 'activationBytes':
      return bytes(value);
    case 'measuredMs':
      return latency(value);
  }
}

export function totalOf(parts: readonly ShownPart[], colour: Colour): number {
  return parts.reduce((sum, part) => (part.parent < 0 ? sum + part.value[colour] : sum), 0);
}

/** 'share · amount' of a part, else its output's shape. */
export function detailOf({ kind, value, shape }: ShownPart, colour: Colour, total: number): string {
  const own = value[colour];
  if (kind === 'input' || own === 0 || total === 0) return shape.length === 0 ? '' : shape.join('×');
  return `${percent(own / total)} · ${amount(colour, own)}`;
}

/** Share of a tint in per cent: nothing for nothing, else deeper with the root of the share, so that small ones are told apart. */
export function tintOf(value: number, most: number): number {
  return value <= 0 || most <= 0 ? 0 : Math.round(8 + 42 * Math.sqrt(value / most));
}

export const statusSigns: Readonly<Record<DiffStatus, string>> = { added: '+', removed: '−', changed: '~', equal: '=' };

/** The sign of a difference before a name; nothing where there is none. */
export function signOf({ status }: ShownPart): string {
  return status === undefined || status === 'equal' ? '' : `${statusSigns[status]} `;
}

/** Where the network comes from, in one line below its name. */
export function subtitleOf({ space, experiment, trial, source, form }: ArchitectureView): string {
  return [
    space.title,
    experiment?.name,
    trial?.series,
    trial?.role === 'reference' ? 'reference' : undefined,
    source === undefined ? undefined : `published: ${source}`,
    form === 'retrain' ? 'retraining form' : undefined,
  ]
    .filter((part) => part !== undefined)
    .join(' · ');
}
