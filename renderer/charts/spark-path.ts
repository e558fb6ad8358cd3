/** An SVG path through `values` that fills the box; '' below two numbers. A constant line lies in the middle. */
export function sparkPath(values: readonly number[], { width, height }: { readonly width: number; readonly height: number }): string {
  const finite = values.filter((value) => Number.isFinite(value));
  if (finite.length < 2) return '';
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  const pad = 2;
  const x = (index: number): number => pad + (index / (finite.length - 1)) * (width - 2 * pad);
  const y = (value: number): number => (high === low ? height / 2 : height - pad - ((value - low) / (high - low)) * (height - 2 * pad));
  return finite.map((value, index) => `${index === 0 ? 'M' : 'L'}${x(index).toFixed(1)} ${y(value).toFixed(1)}`).join('');
}
