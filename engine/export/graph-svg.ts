import type { Outline, OutlineElement, PartCost } from '../graph/outline.ts';
import { layeredLayout } from './layered-layout.ts';
import type { Place, Size } from './layered-layout.ts';
import { percent, quantity, sizeText } from './quantity.ts';

export type GraphColour = keyof PartCost;

/** How far scopes are opened: not at all, down to the blocks, or down to single nodes. */
export type GraphDetail = 'stages' | 'blocks' | 'nodes';

export interface GraphSvgOptions {
  readonly title: string;
  /** Below the title: input, totals. */
  readonly subtitle: string;
  readonly detail: GraphDetail;
  /** The deeper the colour, the larger a part's share of this. */
  readonly colour: GraphColour;
}

const box: Size = { width: 168, height: 44 };
const gaps = { betweenRows: 30, inRow: 22 };
const inner = { side: 14, top: 28, bottom: 14 };
const margin = { side: 24, top: 78, bottom: 24 };

const style = `
  .ground { fill: #ffffff } text { fill: #24292f; font: 12.5px system-ui, sans-serif } .title { font-size: 17px; font-weight: 600 }
  .small { font-size: 11px; fill: #57606a } .box { fill: #ffffff; stroke: #8c959f } .tint { fill: #0072b2 }
  .frame { fill: #57606a; fill-opacity: 0.05; stroke: #c3c9d0 } .edge { fill: none; stroke: #8c959f; stroke-width: 1.2 } .tip { fill: #8c959f }
  @media (prefers-color-scheme: dark) {
    .ground { fill: #16181d } text { fill: #e6edf3 } .small { fill: #9aa4ae } .box { fill: #1d2129; stroke: #6a7482 } .tint { fill: #3d9be0 }
    .frame { fill: #9aa4ae; stroke: #3a424e } .edge { stroke: #6a7482 } .tip { fill: #6a7482 }
  }`;

interface Drawn extends Place {
  readonly element: OutlineElement;
  readonly isOpen: boolean;
}

/** The network as an SVG drawing, scopes within scopes; follows the reader's light or dark setting. Costs are those of the outline. */
export function graphSvg(outline: Outline, options: GraphSvgOptions): string {
  const tree = new OpenTree(outline, options.detail);
  const whole = tree.layout(-1);
  const drawn = new Map<number, Drawn>();
  tree.draw(-1, margin.side, margin.top, drawn);
  const width = Math.max(420, Math.ceil(whole.width + 2 * margin.side));
  const height = Math.ceil(whole.height + margin.top + margin.bottom);
  const total = outline.elements.filter(({ parent }) => parent < 0).reduce((sum, element) => sum + element[options.colour], 0);
  const closed = [...drawn.values()].filter(({ isOpen }) => !isOpen);
  const most = Math.max(0, ...closed.map(({ element }) => element[options.colour]));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
    `<title>${escapeXml(options.title)}</title>`,
    `<style>${style}</style>`,
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path class="tip" d="M0 0l8 4-8 4z"/></marker></defs>',
    `<rect class="ground" width="${width}" height="${height}"/>`,
    `<text class="title" x="${margin.side}" y="30">${escapeXml(options.title)}</text>`,
    `<text class="small" x="${margin.side}" y="49">${escapeXml(options.subtitle)}</text>`,
    `<text class="small" x="${margin.side}" y="65">deeper colour: larger share of ${nameOf(options.colour)}</text>`,
    ...[...drawn.values()].filter(({ isOpen }) => isOpen).map(frame),
    ...tree.edges().map(([from, to]) => edge(drawn.get(from), drawn.get(to))),
    ...closed.map((place) => part(place, options.colour, total, most)),
    '</svg>',
    '',
  ].join('\n');
}

/** Which groups are opened, and where everything stands; a level is laid out on its own, then stands in its parent as one box. */
class OpenTree {
  readonly #outline: Outline;
  readonly #children: readonly (readonly number[])[];
  readonly #layouts = new Map<number, ReturnType<typeof layeredLayout>>();
  readonly #detail: GraphDetail;

  constructor(outline: Outline, detail: GraphDetail) {
    this.#outline = outline;
    this.#detail = detail;
    const children: number[][] = Array.from({ length: outline.elements.length + 1 }, () => []);
    outline.elements.forEach(({ parent }, i) => children[parent + 1]?.push(i));
    this.#children = children;
  }

  isOpen(i: number): boolean {
    const element = this.#outline.elements[i];
    if (i < 0) return true;
    if (element?.kind !== 'group' || this.#detail === 'stages') return false;
    return this.#detail === 'nodes' || !element.isBlock;
  }

  layout(group: number): Size {
    const children = this.#children[group + 1] ?? [];
    const sizes = children.map((child) => this.#sizeOf(child));
    const positions = new Map(children.map((child, i) => [child, i]));
    const edges = new Set<string>();
    for (const ends of this.#outline.edges) {
      const [from, to] = ends.map((end) => positions.get(this.#childAbove(end, group)));
      if (from !== undefined && to !== undefined && from !== to) edges.add(`${from} ${to}`);
    }
    const pairs = [...edges].map((text) => text.split(' ').map(Number) as unknown as readonly [number, number]);
    const layout = layeredLayout(sizes, pairs, gaps);
    this.#layouts.set(group, layout);
    return layout;
  }

  draw(group: number, x: number, y: number, drawn: Map<number, Drawn>): void {
    const layout = this.#layouts.get(group);
    (this.#children[group + 1] ?? []).forEach((child, i) => {
      const place = layout?.places[i];
      const element = this.#outline.elements[child];
      if (place === undefined || element === undefined) return;
      const isOpen = this.isOpen(child);
      drawn.set(child, { ...place, x: x + place.x, y: y + place.y, element, isOpen });
      if (isOpen) this.draw(child, x + place.x + inner.side, y + place.y + inner.top, drawn);
    });
  }

  /** Between boxes that are not opened, each once. */
  edges(): readonly (readonly [number, number])[] {
    const found = new Map<string, readonly [number, number]>();
    for (const [from, to] of this.#outline.edges) {
      const pair = [this.#visible(from), this.#visible(to)] as const;
      if (pair[0] !== pair[1]) found.set(pair.join(' '), pair);
    }
    return [...found.values()];
  }

  #sizeOf(child: number): Size {
    if (!this.isOpen(child)) return box;
    const { width, height } = this.layout(child);
    return { width: Math.max(width, box.width) + 2 * inner.side, height: height + inner.top + inner.bottom };
  }

  /** The ancestor of an element (or itself) that stands directly in `group`; -1 when it lies elsewhere. */
  #childAbove(element: number, group: number): number {
    let child = element;
    while (child >= 0 && this.#outline.elements[child]?.parent !== group) child = this.#outline.elements[child]?.parent ?? -1;
    return child;
  }

  #visible(element: number): number {
    let shown = element;
    for (let i = element; i >= 0; i = this.#outline.elements[i]?.parent ?? -1) if (!this.isOpen(i)) shown = i;
    return shown;
  }
}

function frame({ x, y, width, height, element }: Drawn): string {
  return (
    `<rect class="frame" x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" rx="6"/>` +
    `<text class="small" x="${round(x + inner.side)}" y="${round(y + 18)}">${escapeXml(element.title)}</text>`
  );
}

function part({ x, y, width, height, element }: Drawn, colour: GraphColour, total: number, most: number): string {
  const value = element[colour];
  const tint = most === 0 ? 0 : 0.06 + 0.42 * Math.sqrt(value / most);
  const rect = `x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" rx="5"`;
  const isBare = value === 0 || total === 0;
  const words =
    element.kind === 'input'
      ? sizeText(element.shape)
      : isBare
        ? sizeText(element.shape)
        : `${percent(value / total)} · ${quantity(value, unitOf(colour))}`;
  const name = element.kind === 'group' ? element.label : element.title;
  return [
    `<g><title>${escapeXml(`${element.key}: ${element.title}, output ${sizeText(element.shape)}, ${element.macs} MACs, ${element.params} parameters`)}</title>`,
    `<rect class="box" ${rect}/>`,
    isBare ? '' : `<rect class="tint" ${rect} opacity="${tint.toFixed(3)}"/>`,
    `<text x="${round(x + width / 2)}" y="${round(y + 18)}" text-anchor="middle">${escapeXml(shorten(name, 25))}</text>`,
    `<text class="small" x="${round(x + width / 2)}" y="${round(y + 34)}" text-anchor="middle">${escapeXml(words)}</text></g>`,
  ].join('');
}

function edge(from: Drawn | undefined, to: Drawn | undefined): string {
  if (from === undefined || to === undefined) return '';
  const [x1, y1] = [from.x + from.width / 2, from.y + from.height];
  const [x2, y2] = [to.x + to.width / 2, to.y];
  const bend = Math.max(14, Math.abs(y2 - y1) / 2);
  return `<path class="edge" marker-end="url(#tip)" d="M${round(x1)} ${round(y1)}C${round(x1)} ${round(y1 + bend)} ${round(x2)} ${round(y2 - bend)} ${round(x2)} ${round(y2 - 1)}"/>`;
}

function nameOf(colour: GraphColour): string {
  return { macs: 'MACs', params: 'parameters', activationBytes: 'activation memory' }[colour];
}

function unitOf(colour: GraphColour): string {
  return { macs: 'MACs', params: 'params', activationBytes: 'B' }[colour];
}

function shorten(words: string, length: number): string {
  return words.length <= length ? words : `${words.slice(0, length - 1)}…`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escapeXml(words: string): string {
  return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
