import type { Chart, Plugin } from 'chart.js';
import { addCross, addDiamond, addShape } from './marks.ts';
import { looks } from './front-scene.ts';
import type { FrontScene, Stairs } from './front-scene.ts';
import { PointIndex } from './point-index.ts';
import type { ChartTheme } from './theme.ts';

/** What changes without the data changing. */
export interface FrontMarks {
  readonly hovered: number | undefined;
  readonly selected: readonly number[];
  /** Points that stand out, all others are faint; undefined: none is chosen. */
  readonly brushed: Uint8Array | undefined;
  /** Limit on the x axis. */
  readonly limit: number | undefined;
  readonly isLimitHeld: boolean;
}

const crowdRadius = 2.6;
const frontRadius = 5;
/** More points than this are drawn as dots without a shape. */
const mostShapes = 4_000;

/**
 * Draws a scene between the axes of a chart. The crowd of dominated points is drawn once into a picture of its own and copied from then
 * on, so that pointing at things costs little however many points there are.
 */
export class FrontLayer {
  readonly plugin: Plugin<'scatter'>;
  #scene: FrontScene | undefined;
  #theme: ChartTheme | undefined;
  #colours: readonly string[] = [];
  #marks: FrontMarks = { hovered: undefined, selected: [], brushed: undefined, limit: undefined, isLimitHeld: false };
  #crowd: { readonly key: string; readonly canvas: HTMLCanvasElement } | undefined;
  #placed: { readonly key: string; readonly px: Float32Array; readonly py: Float32Array; index?: PointIndex } | undefined;
  #version = 0;

  constructor() {
    this.plugin = { id: 'front-layer', beforeDatasetsDraw: (chart) => this.#draw(chart as Chart) };
  }

  set(scene: FrontScene, theme: ChartTheme, colours: readonly string[]): void {
    this.#scene = scene;
    this.#theme = theme;
    this.#colours = colours;
    this.#version++;
  }

  mark(marks: FrontMarks): void {
    if (marks.brushed !== this.#marks.brushed) this.#version++;
    this.#marks = marks;
  }

  /** The point under a pointer, by px of the canvas. */
  nearest(chart: Chart, x: number, y: number, reach?: number): number | undefined {
    const placed = this.#place(chart);
    if (placed === undefined || this.#scene === undefined) return undefined;
    const { look } = this.#scene;
    placed.index ??= new PointIndex(placed.px, placed.py, chart.width, chart.height, (i) =>
      look[i] === looks.front || look[i] === looks.reference ? 0 : 1,
    );
    return placed.index.nearest(x, y, reach);
  }

  /** Where a point lies, px of the canvas. */
  placeOf(chart: Chart, point: number): { readonly x: number; readonly y: number } | undefined {
    const placed = this.#place(chart);
    const x = placed?.px[point];
    const y = placed?.py[point];
    return x === undefined || y === undefined || Number.isNaN(x) ? undefined : { x, y };
  }

  #key(chart: Chart): string {
    const { x, y } = chart.scales;
    return [this.#version, chart.width, chart.height, chart.currentDevicePixelRatio, x?.min, x?.max, x?.type, y?.min, y?.max].join(' ');
  }

  /** Places of all points; NaN outside of the axes. */
  #place(chart: Chart) {
    const scene = this.#scene;
    const { x: scaleX, y: scaleY } = chart.scales;
    if (scene === undefined || scaleX === undefined || scaleY === undefined) return undefined;
    const key = this.#key(chart);
    if (this.#placed?.key === key) return this.#placed;
    const { points, look } = scene;
    const px = new Float32Array(look.length).fill(NaN);
    const py = new Float32Array(look.length).fill(NaN);
    for (let i = 0; i < look.length; i++) {
      const x = points.x[i] as number;
      const y = points.y[i] as number;
      if (look[i] === 255 || x < scaleX.min || x > scaleX.max || y < scaleY.min || y > scaleY.max) continue;
      px[i] = scaleX.getPixelForValue(x);
      py[i] = scaleY.getPixelForValue(y);
    }
    this.#placed = { key, px, py };
    return this.#placed;
  }

  #draw(chart: Chart): void {
    const scene = this.#scene;
    const theme = this.#theme;
    const placed = this.#place(chart);
    if (scene === undefined || theme === undefined || placed === undefined) return;
    const { ctx: context, chartArea } = chart;
    context.save();
    context.beginPath();
    context.rect(chartArea.left, chartArea.top, chartArea.width, chartArea.height);
    context.clip();
    this.#drawStairs(chart, scene, theme);
    this.#drawPaths(context, scene, placed);
    context.drawImage(this.#crowdOf(chart, scene, placed), 0, 0, chart.width, chart.height);
    this.#drawPublished(chart, scene, theme);
    this.#drawFront(chart, scene, theme, placed);
    this.#drawPointed(context, theme, placed);
    this.#drawLimit(chart, theme);
    context.restore();
  }

  #colourOf(scene: FrontScene, point: number): string {
    return this.#colours[(scene.colour[point] as number) % this.#colours.length] ?? '#808080';
  }

  #drawStairs(chart: Chart, scene: FrontScene, theme: ChartTheme): void {
    const { ctx: context, chartArea, scales } = chart;
    for (const line of scene.stairs) {
      if (line.points.length === 0) continue;
      const isJoint = line.experiment < 0 || scene.isAlone;
      trace(context, line, scene, chartArea, scales as Scales);
      if (isJoint) {
        context.lineTo(chartArea.right, chartArea.bottom);
        context.closePath();
        context.globalAlpha = theme.isDark ? 0.09 : 0.06;
        context.fillStyle = theme.textSoft;
        context.fill();
        context.globalAlpha = 1;
        trace(context, line, scene, chartArea, scales as Scales);
      }
      context.lineWidth = isJoint ? 1.6 : 1.3;
      context.setLineDash(isJoint ? [] : [5, 3]);
      context.strokeStyle = isJoint ? theme.textSoft : (theme.series[line.experiment % theme.series.length] ?? theme.textSoft);
      context.stroke();
      context.setLineDash([]);
    }
  }

  #drawPaths(context: CanvasRenderingContext2D, scene: FrontScene, { px, py }: Places): void {
    context.lineWidth = 1.1;
    context.globalAlpha = 0.35;
    for (const path of scene.paths) {
      context.beginPath();
      for (const i of path) if (!Number.isNaN(px[i])) context.lineTo(px[i] as number, py[i] as number);
      context.strokeStyle = this.#colourOf(scene, path[0] as number);
      context.stroke();
    }
    context.globalAlpha = 1;
  }

  /** Everything that is not on a front, as a picture; a place that is taken is not drawn again. */
  #crowdOf(chart: Chart, scene: FrontScene, placed: Places): HTMLCanvasElement {
    const key = this.#key(chart);
    if (this.#crowd?.key === key) return this.#crowd.canvas;
    const canvas = this.#crowd?.canvas ?? document.createElement('canvas');
    const ratio = chart.currentDevicePixelRatio;
    canvas.width = Math.max(1, Math.round(chart.width * ratio));
    canvas.height = Math.max(1, Math.round(chart.height * ratio));
    const context = canvas.getContext('2d');
    if (context === null) return canvas;
    context.scale(ratio, ratio);
    drawCrowd(context, chart, scene, placed, { colours: this.#colours, brushed: this.#marks.brushed });
    this.#crowd = { key, canvas };
    return canvas;
  }

  #drawPublished({ ctx: context, scales }: Chart, { published }: FrontScene, theme: ChartTheme): void {
    const { x: scaleX, y: scaleY } = scales as Scales;
    context.font = `11px ${theme.font}`;
    context.textBaseline = 'middle';
    for (const { x, y, name } of published) {
      if (x === null || x < scaleX.min || x > scaleX.max) continue;
      const px = scaleX.getPixelForValue(x);
      // Without a checked score only the cost is known: it stands on the axis.
      const py = y === null ? scaleY.bottom - 6 : scaleY.getPixelForValue(y);
      context.beginPath();
      addDiamond(context, px, py, y === null ? 4 : 6);
      context.fillStyle = theme.text;
      context.strokeStyle = theme.text;
      if (y === null) context.stroke();
      else context.fill();
      context.fillText(name, px + 10, py);
    }
  }

  #drawFront({ ctx: context, scales }: Chart, scene: FrontScene, theme: ChartTheme, { px, py }: Places): void {
    const { y: scaleY } = scales as Scales;
    const { look, points, knee, size } = scene;
    const { brushed } = this.#marks;
    for (const { point, mean, sd } of points.spread) {
      if (Number.isNaN(px[point]) || look[point] === 255) continue;
      context.beginPath();
      context.moveTo(px[point] as number, scaleY.getPixelForValue(mean - sd));
      context.lineTo(px[point] as number, scaleY.getPixelForValue(mean + sd));
      context.lineWidth = 1.5;
      context.strokeStyle = this.#colourOf(scene, point);
      context.stroke();
    }
    for (let i = 0; i < look.length; i++) {
      if ((look[i] !== looks.front && look[i] !== looks.reference) || Number.isNaN(px[i])) continue;
      context.globalAlpha = brushed === undefined || brushed[i] === 1 ? 1 : 0.25;
      context.beginPath();
      const x = px[i] as number;
      const y = py[i] as number;
      if (look[i] === looks.reference) {
        addDiamond(context, x, y, 7);
        context.lineWidth = 1.6;
        context.strokeStyle = theme.text;
        context.stroke();
        continue;
      }
      addShape(context, points.experiment[i] as number, x, y, frontRadius + (size?.[i] ?? 0));
      context.fillStyle = this.#colourOf(scene, i);
      context.fill();
      context.lineWidth = 1.2;
      context.strokeStyle = theme.surface;
      context.stroke();
    }
    context.globalAlpha = 1;
    if (knee !== undefined && !Number.isNaN(px[knee])) drawKnee(context, theme, px[knee] as number, py[knee] as number);
  }

  #drawPointed(context: CanvasRenderingContext2D, theme: ChartTheme, { px, py }: Places): void {
    const { selected, hovered } = this.#marks;
    for (const [point, width] of [
      ...selected.map((point) => [point, 2.2] as const),
      ...(hovered === undefined ? [] : [[hovered, 1.4] as const]),
    ]) {
      if (px[point] === undefined || Number.isNaN(px[point])) continue;
      context.beginPath();
      context.arc(px[point], py[point] as number, frontRadius + 4, 0, 2 * Math.PI);
      context.lineWidth = width;
      context.strokeStyle = theme.accent;
      context.stroke();
    }
  }

  #drawLimit({ ctx: context, chartArea, scales }: Chart, theme: ChartTheme): void {
    const { limit, isLimitHeld } = this.#marks;
    const { x: scaleX } = scales as Scales;
    if (limit === undefined || limit > scaleX.max || limit < scaleX.min) return;
    const px = scaleX.getPixelForValue(limit);
    context.fillStyle = theme.warn;
    context.globalAlpha = 0.06;
    context.fillRect(px, chartArea.top, chartArea.right - px, chartArea.height);
    context.globalAlpha = 1;
    context.beginPath();
    context.moveTo(px, chartArea.top);
    context.lineTo(px, chartArea.bottom);
    context.setLineDash([2, 3]);
    context.lineWidth = isLimitHeld ? 2.4 : 1.5;
    context.strokeStyle = theme.warn;
    context.stroke();
    context.setLineDash([]);
    context.beginPath();
    context.roundRect(px - 4, chartArea.top + 4, 8, 18, 3);
    context.fill();
  }
}

interface Places {
  readonly px: Float32Array;
  readonly py: Float32Array;
}

type Scales = Readonly<Record<'x' | 'y', Chart['scales'][string]>>;

function trace(
  context: CanvasRenderingContext2D,
  { points }: Stairs,
  scene: FrontScene,
  area: Chart['chartArea'],
  { x: scaleX, y: scaleY }: Scales,
): void {
  context.beginPath();
  let level = area.bottom;
  for (const i of points) {
    const px = scaleX.getPixelForValue(scene.points.x[i] as number);
    context.lineTo(px, level);
    level = scaleY.getPixelForValue(scene.points.y[i] as number);
    context.lineTo(px, level);
  }
  context.lineTo(area.right, level);
}

function drawKnee(context: CanvasRenderingContext2D, theme: ChartTheme, x: number, y: number): void {
  context.beginPath();
  context.arc(x, y, frontRadius + 4, 0, 2 * Math.PI);
  context.lineWidth = 1.6;
  context.strokeStyle = theme.text;
  context.stroke();
  context.font = `600 11px ${theme.font}`;
  context.textAlign = 'right';
  context.textBaseline = 'bottom';
  context.fillStyle = theme.text;
  context.fillText('knee', x - 9, y - 6);
  context.textAlign = 'left';
}

function drawCrowd(
  context: CanvasRenderingContext2D,
  { width, height }: Pick<Chart, 'width' | 'height'>,
  { points, look, colour, size }: FrontScene,
  { px, py }: Places,
  { colours, brushed }: { readonly colours: readonly string[]; readonly brushed: Uint8Array | undefined },
): void {
  const hasShapes = look.length <= mostShapes;
  const taken = hasShapes ? undefined : new Uint8Array(Math.ceil(width) * Math.ceil(height));
  let style = -1;
  for (let i = 0; i < look.length; i++) {
    const kind = look[i] as number;
    const x = px[i] as number;
    if (kind === looks.front || kind === looks.reference || Number.isNaN(x)) continue;
    const y = py[i] as number;
    if (taken !== undefined) {
      const place = (y | 0) * Math.ceil(width) + (x | 0);
      if (taken[place] === 1) continue;
      taken[place] = 1;
    }
    const isFaint = brushed !== undefined && brushed[i] !== 1;
    const wanted = (colour[i] as number) * 8 + kind * 2 + (isFaint ? 1 : 0);
    if (wanted !== style) {
      style = wanted;
      context.fillStyle = colours[(colour[i] as number) % colours.length] ?? '#808080';
      context.strokeStyle = context.fillStyle;
      context.globalAlpha = (kind === looks.trajectory ? 0.45 : kind === looks.out ? 0.5 : 0.42) * (isFaint ? 0.2 : 1);
    }
    const r = crowdRadius + (size?.[i] ?? 0);
    if (kind === looks.out) {
      context.beginPath();
      addCross(context, x, y, hasShapes ? r : 1.5);
      context.lineWidth = 1.2;
      context.stroke();
    } else if (hasShapes) {
      context.beginPath();
      addShape(context, points.experiment[i] as number, x, y, r + 0.4);
      context.fill();
    } else {
      context.fillRect(x - 1.5, y - 1.5, 3, 3);
    }
  }
}
