import type { Axis } from './chart-axis.ts';

/** Place of the axes in a drawing, px. */
export const plot = { left: 74, top: 66, right: 640, bottom: 470 };

export const svgStyle = `
  .ground { fill: #ffffff } text { fill: #24292f; font: 13px system-ui, sans-serif } .title { font-size: 17px; font-weight: 600 }
  .small { font-size: 11.5px; fill: #57606a } .grid { stroke: #d8dee4; stroke-width: 1 } .axis { stroke: #57606a; stroke-width: 1 }
  .stairs { fill: none; stroke: #57606a; stroke-width: 1.6 } .own-stairs { fill: none; stroke-width: 1.3; stroke-dasharray: 5 3 }
  .dominated { fill: #57606a; opacity: 0.07 } .trajectory { fill: none; stroke-width: 1.2; opacity: 0.35 } .light { opacity: 0.4 }
  .halo { fill: none; stroke: #24292f; stroke-width: 1.6 } .reference { fill: none; stroke: #24292f; stroke-width: 1.8 }
  .published { fill: #24292f } .cross { fill: none; stroke-width: 1.6; opacity: 0.55 } .bar { stroke-width: 1.4 }
  .limit { stroke: #9a6700; stroke-width: 1.4; stroke-dasharray: 2 3 }
  @media (prefers-color-scheme: dark) {
    .ground { fill: #16181d } text { fill: #e6edf3 } .small { fill: #9aa4ae } .grid { stroke: #2c313a } .axis { stroke: #9aa4ae }
    .stairs { stroke: #9aa4ae } .dominated { fill: #9aa4ae; opacity: 0.1 } .halo, .reference { stroke: #e6edf3 } .published { fill: #e6edf3 }
    .limit { stroke: #d29922 }
  }`;

export interface Frame {
  readonly x: Axis;
  readonly y: Axis;
  readonly isLog: boolean;
  /** Position in px of a cost as counted and of a metric as a fraction. */
  px(x: number): number;
  py(y: number): number;
}

/** Grid, tick marks and titles. Positions of ticks are their share of the axis, by logarithm where it is one. */
export function axes({ x, y, isLog }: Frame, xLabel: string, yLabel: string): string {
  const scale = (value: number): number => (isLog ? Math.log(value) : value);
  const shareX = (tick: number): number => (scale(tick) - scale(x.from)) / (scale(x.to) - scale(x.from));
  const shareY = (tick: number): number => (tick - y.from) / (y.to - y.from);
  const vertical = x.ticks.map((tick) => {
    const px = round(plot.left + shareX(tick) * (plot.right - plot.left));
    return (
      line('grid', px, plot.top, px, plot.bottom) +
      text(px, plot.bottom + 19, isLog ? String(tick) : tick.toFixed(x.decimals), '', 'middle')
    );
  });
  const horizontal = y.ticks.map((tick) => {
    const py = round(plot.bottom - shareY(tick) * (plot.bottom - plot.top));
    return line('grid', plot.left, py, plot.right, py) + text(plot.left - 9, py + 4.5, tick.toFixed(y.decimals), '', 'end');
  });
  const middle = (plot.top + plot.bottom) / 2;
  return [
    ...vertical,
    ...horizontal,
    line('axis', plot.left, plot.bottom, plot.right, plot.bottom),
    line('axis', plot.left, plot.top, plot.left, plot.bottom),
    text((plot.left + plot.right) / 2, plot.bottom + 44, xLabel, '', 'middle'),
    `<text x="22" y="${middle}" text-anchor="middle" transform="rotate(-90 22 ${middle})">${escapeXml(yLabel)}</text>`,
  ].join('\n');
}

export function shorten(words: string, length: number): string {
  return words.length <= length ? words : `…${words.slice(1 - length)}`;
}

export function line(name: string, x1: number, y1: number, x2: number, y2: number): string {
  return `<line class="${name}" x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}"/>`;
}

export function text(x: number, y: number, words: string, name = '', anchor = 'start'): string {
  return `<text x="${round(x)}" y="${round(y)}"${name === '' ? '' : ` class="${name}"`} text-anchor="${anchor}">${escapeXml(words)}</text>`;
}

export function round(value: number): number {
  return Math.round(value * 10) / 10;
}

export function escapeXml(words: string): string {
  return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
