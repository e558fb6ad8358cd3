export type Rgb = readonly [red: number, green: number, blue: number];

/** A picture that knows what covers each of its pixels. */
export interface Canvas {
  readonly height: number;
  readonly width: number;
  /** [height, width, 3]; values are rounded and cut to bytes when they are written. */
  readonly rgb: Uint8ClampedArray;
  /** [height, width]: who owns a pixel; 0 = background. */
  readonly owners: Uint8Array;
  /** [height, width]: which part of the owner. */
  readonly parts: Uint8Array;
}

/** Who paints, with which part. */
export interface Brush {
  readonly owner: number;
  readonly part: number;
}

export function createCanvas(height: number, width: number): Canvas {
  const pixels = height * width;
  return { height, width, rgb: new Uint8ClampedArray(3 * pixels), owners: new Uint8Array(pixels), parts: new Uint8Array(pixels) };
}

/** A limb: a line with round ends, `radius` thick at each end; px. */
export interface Capsule {
  readonly x1: number;
  readonly y1: number;
  readonly radius1: number;
  readonly x2: number;
  readonly y2: number;
  readonly radius2: number;
}

/** Fills a limb, darker towards its edges by `roundness` (0 = flat). */
export function fillCapsule(canvas: Canvas, capsule: Capsule, color: Rgb, roundness: number, brush: Brush): void {
  const { x1, y1, radius1, x2, y2, radius2 } = capsule;
  const { height, width } = canvas;
  const [dx, dy] = [x2 - x1, y2 - y1];
  const lengthSquared = dx * dx + dy * dy;
  const reach = Math.max(radius1, radius2);
  const bottom = Math.min(height - 1, Math.floor(Math.max(y1, y2) + reach));
  const right = Math.min(width - 1, Math.floor(Math.max(x1, x2) + reach));
  const left = Math.max(0, Math.ceil(Math.min(x1, x2) - reach));
  for (let y = Math.max(0, Math.ceil(Math.min(y1, y2) - reach)); y <= bottom; y++) {
    for (let x = left; x <= right; x++) {
      const [fromX, fromY] = [x - x1, y - y1];
      const t = lengthSquared === 0 ? 0 : Math.min(1, Math.max(0, (fromX * dx + fromY * dy) / lengthSquared));
      const [offX, offY] = [fromX - t * dx, fromY - t * dy];
      const radius = radius1 + t * (radius2 - radius1);
      const share = (offX * offX + offY * offY) / (radius * radius);
      if (share <= 1) paint(canvas, y * width + x, color, 1 - roundness * share, brush);
    }
  }
}

/** Fills a disc; `colorAt` is asked with the place in the disc, -1..1 to the right and down. */
export function fillDisc(
  canvas: Canvas,
  centreX: number,
  centreY: number,
  radius: number,
  colorAt: (right: number, down: number) => Rgb,
  brush: Brush,
): void {
  const { height, width } = canvas;
  const bottom = Math.min(height - 1, Math.floor(centreY + radius));
  const rightmost = Math.min(width - 1, Math.floor(centreX + radius));
  for (let y = Math.max(0, Math.ceil(centreY - radius)); y <= bottom; y++) {
    for (let x = Math.max(0, Math.ceil(centreX - radius)); x <= rightmost; x++) {
      const right = (x - centreX) / radius;
      const down = (y - centreY) / radius;
      const share = right * right + down * down;
      if (share <= 1) paint(canvas, y * width + x, colorAt(right, down), 1 - 0.25 * share, brush);
    }
  }
}

/** Fills a rectangle with stripes of two colours, `stripe` px wide. */
export function fillPanel(
  canvas: Canvas,
  box: { readonly left: number; readonly top: number; readonly width: number; readonly height: number },
  colors: readonly [Rgb, Rgb],
  stripe: number,
  brush: Brush,
): void {
  const bottom = Math.min(canvas.height, box.top + box.height);
  const right = Math.min(canvas.width, box.left + box.width);
  for (let y = Math.max(0, box.top); y < bottom; y++) {
    for (let x = Math.max(0, box.left); x < right; x++) {
      paint(canvas, y * canvas.width + x, Math.floor((x + y) / stripe) % 2 === 0 ? colors[0] : colors[1], 1, brush);
    }
  }
}

function paint({ rgb, owners, parts }: Canvas, pixel: number, color: Rgb, factor: number, { owner, part }: Brush): void {
  owners[pixel] = owner;
  parts[pixel] = part;
  rgb[3 * pixel] = color[0] * factor;
  rgb[3 * pixel + 1] = color[1] * factor;
  rgb[3 * pixel + 2] = color[2] * factor;
}
