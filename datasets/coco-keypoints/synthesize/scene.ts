import { createRandom, itemSeed, type Random } from '../../random.ts';
import { expose, paintBackground, type Exposure } from './background.ts';
import { createCanvas, fillPanel, type Canvas, type Rgb } from './canvas.ts';
import { drawFigure, paintFigure, type Figure } from './figure.ts';

export type SyntheticSplit = 'train' | 'val';

/** full: as many as four people of all sizes, clutter, and panels that hide parts of them; plain: one or two large ones before a quiet wall. */
export const sceneStyles = ['full', 'plain'] as const;
export type SceneStyle = (typeof sceneStyles)[number];

/** What a picture follows from. */
export interface SceneSeed {
  readonly style: SceneStyle;
  readonly seed: number;
  readonly split: SyntheticSplit;
  readonly index: number;
  readonly height: number;
  readonly width: number;
}

/** person: labelled; tiny: too small for its joints to be labelled; crowd: one of a group that is labelled as a whole. */
export type Role = 'person' | 'tiny' | 'crowd';

export interface SceneFigure {
  readonly role: Role;
  readonly figure: Figure;
  /** Its pixels in the canvas. */
  readonly owner: number;
  /** Pixels of the picture that it covered before something else was painted over it. */
  readonly paintedPx: number;
}

export interface PaintedScene {
  readonly canvas: Canvas;
  /** From far to near. */
  readonly figures: readonly SceneFigure[];
}

/** The owner of what is painted over everybody. */
const PANEL = 255;
/** One picture in so many is without people, has a crowd, has a tiny person; counted, so that small sets have them as well. */
const EMPTY = { every: 20, at: 7 } as const;
const CROWD = { every: 20, at: 13 } as const;
const TINY = { every: 33, at: 5 } as const;

/** Draws and paints a picture. */
export function paintScene(job: SceneSeed): PaintedScene {
  const { split, height, width, style } = job;
  const stream = (name: string): Random => createRandom(itemSeed(job.seed, split, job.index, name));
  const canvas = createCanvas(height, width);
  paintBackground(canvas, stream('background'), style === 'full');
  const planned = planFigures(job, stream('layout'), stream('figures'));
  const panels = style === 'full' ? planPanels(canvas, planned.length, stream('panels')) : [];
  const figures: SceneFigure[] = [];
  planned.forEach(({ role, figure }, i) => {
    const owner = i + 1;
    paintFigure(canvas, figure, owner);
    figures.push({ role, figure, owner, paintedPx: countOwned(canvas, owner) });
    for (const panel of panels) if (panel.after === i) fillPanel(canvas, panel.box, panel.colors, panel.stripe, { owner: PANEL, part: 0 });
  });
  expose(canvas, drawExposure(split, stream('light')), stream('noise'));
  return { canvas, figures };
}

interface Planned {
  readonly role: Role;
  readonly figure: Figure;
}

function planFigures({ index, height, width, style }: SceneSeed, layout: Random, looks: Random): readonly Planned[] {
  if (isTurn(index, EMPTY)) return [];
  const planned: Planned[] = [];
  const add = (role: Role, footX: number, footY: number, size: number): void => {
    planned.push({ role, figure: drawFigure({ footX: Math.round(footX), footY: Math.round(footY), height: Math.round(size) }, looks) });
  };
  if (isTurn(index, CROWD)) {
    const [middle, foot] = [layout.between(0.3, 0.7) * width, layout.between(0.4, 0.6) * height];
    for (let i = 6 + layout.int(7); i > 0; i--) {
      add('crowd', middle + layout.between(-0.22, 0.22) * width, foot + layout.between(-0.03, 0.03) * height, layout.between(0.12, 0.18) * height);
    }
  }
  if (isTurn(index, TINY)) {
    add('tiny', layout.between(0.1, 0.9) * width, layout.between(0.3, 0.6) * height, layout.between(0.1, 0.16) * height);
  }
  const [most, drawHeight] = style === 'full' ? [4, drawSize] : [2, drawLargeSize];
  const sizes = Array.from({ length: 1 + layout.int(most) }, () => height * drawHeight(layout)).sort((a, b) => a - b);
  for (const size of sizes) add('person', ...drawPlace(size, height, width, layout), size);
  return planned;
}

/** Heights of 0.25..0.95 of the picture's, so that a fifth of the persons covers more than 96 x 96 px of 240 x 320. */
function drawSize(random: Random): number {
  return random.chance(0.4) ? random.between(0.8, 0.95) : random.between(0.25, 0.85);
}

function drawLargeSize(random: Random): number {
  return random.between(0.7, 0.95);
}

/** Larger ones stand lower, being nearer; about one in ten is cut by the picture's border. */
function drawPlace(size: number, height: number, width: number, random: Random): readonly [footX: number, footY: number] {
  const footY = Math.max(1.02 * size, height * (0.55 + 0.43 * (size / height) + random.between(-0.04, 0.04)));
  const footX = width * random.between(0.1, 0.9);
  if (!random.chance(0.1)) return [footX, Math.min(footY, 0.98 * height)];
  if (random.chance(0.5)) return [footX, height + size * random.between(0.1, 0.4)];
  return [random.chance(0.5) ? size * random.between(-0.08, 0.06) : width - size * random.between(-0.08, 0.06), footY];
}

interface Panel {
  /** Painted over this figure and those before it. */
  readonly after: number;
  readonly box: { readonly left: number; readonly top: number; readonly width: number; readonly height: number };
  readonly colors: readonly [Rgb, Rgb];
  readonly stripe: number;
}

/** In every second picture one that hides parts of people. */
function planPanels({ height, width }: Canvas, figures: number, random: Random): readonly Panel[] {
  if (figures === 0 || !random.chance(0.5)) return [];
  const color = (): Rgb => [random.between(40, 220), random.between(40, 220), random.between(40, 220)];
  const box = {
    left: Math.round(random.between(0, 0.85) * width),
    top: Math.round(random.between(0.15, 0.75) * height),
    width: Math.round(random.between(0.08, 0.25) * width),
    height: Math.round(random.between(0.2, 0.7) * height),
  };
  return [{ after: random.int(figures), box, colors: [color(), color()], stripe: 2 + random.int(Math.max(2, Math.round(height / 16))) }];
}

/** Val is darker and noisier, so that what was learnt by heart shows. */
function drawExposure(split: SyntheticSplit, random: Random): Exposure {
  const brightness = split === 'train' ? random.between(0.7, 1.05) : random.between(0.6, 0.95);
  const tint: Rgb = [random.between(0.9, 1.1), random.between(0.9, 1.1), random.between(0.9, 1.1)];
  return { brightness, tint, noise: split === 'train' ? random.between(2, 7) : random.between(4, 9) };
}

function isTurn(index: number, { every, at }: { readonly every: number; readonly at: number }): boolean {
  return index % every === at;
}

function countOwned({ owners }: Canvas, owner: number): number {
  let count = 0;
  for (let i = 0; i < owners.length; i++) if (owners[i] === owner) count += 1;
  return count;
}
