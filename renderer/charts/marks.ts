type Draw = (context: CanvasRenderingContext2D, x: number, y: number, r: number) => void;

/** Outlines of one area each, so that experiments differ in shape as well as in colour. */
const shapes: readonly Draw[] = [
  (context, x, y, r) => {
    context.moveTo(x + r, y);
    context.arc(x, y, r, 0, 2 * Math.PI);
  },
  (context, x, y, r) => polygon(context, x, y, r * 1.25, 3, -Math.PI / 2),
  (context, x, y, r) => polygon(context, x, y, r * 1.2, 4, Math.PI / 4),
  (context, x, y, r) => polygon(context, x, y, r * 1.25, 3, Math.PI / 2),
  (context, x, y, r) => polygon(context, x, y, r * 1.15, 5, -Math.PI / 2),
  (context, x, y, r) => polygon(context, x, y, r * 1.1, 6, 0),
];

/** Adds the shape of an experiment to the current path. */
export function addShape(context: CanvasRenderingContext2D, shape: number, x: number, y: number, r: number): void {
  (shapes[shape % shapes.length] as Draw)(context, x, y, r);
}

export function addDiamond(context: CanvasRenderingContext2D, x: number, y: number, r: number): void {
  polygon(context, x, y, r, 4, 0);
}

export function addCross(context: CanvasRenderingContext2D, x: number, y: number, r: number): void {
  context.moveTo(x - r, y - r);
  context.lineTo(x + r, y + r);
  context.moveTo(x + r, y - r);
  context.lineTo(x - r, y + r);
}

function polygon(context: CanvasRenderingContext2D, x: number, y: number, r: number, corners: number, from: number): void {
  for (let corner = 0; corner < corners; corner++) {
    const angle = from + (2 * Math.PI * corner) / corners;
    const px = x + r * Math.cos(angle);
    const py = y + r * Math.sin(angle);
    if (corner === 0) context.moveTo(px, py);
    else context.lineTo(px, py);
  }
  context.closePath();
}
