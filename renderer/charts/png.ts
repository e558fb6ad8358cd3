import { Chart } from 'chart.js';
import type { ChartConfiguration } from 'chart.js';
import type { ChartTheme } from './theme.ts';

/** Draws a configuration once more, off the page, `scale` times as fine as a usual screen, on the ground of the theme. */
export async function pngOf(
  config: ChartConfiguration<'scatter'>,
  theme: ChartTheme,
  { width, height, scale }: { readonly width: number; readonly height: number; readonly scale: number },
): Promise<Blob> {
  const box = document.createElement('div');
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  box.append(canvas);
  const ground = {
    id: 'ground',
    beforeDraw: ({ ctx: context }: Chart) => {
      context.save();
      context.fillStyle = theme.surface;
      context.fillRect(0, 0, width, height);
      context.restore();
    },
  };
  const chart = new Chart(canvas, {
    ...config,
    options: { ...config.options, responsive: false, animation: false, devicePixelRatio: scale },
    plugins: [ground, ...(config.plugins ?? [])],
  } as ChartConfiguration);
  try {
    return await new Promise<Blob>((done, fail) => {
      canvas.toBlob((blob) => (blob === null ? fail(new Error('The picture could not be made.')) : done(blob)), 'image/png');
    });
  } finally {
    chart.destroy();
  }
}

/** Hands a file to the user as browsers do. */
export function saveBlob(blob: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
