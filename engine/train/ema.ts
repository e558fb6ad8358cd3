/**
 * How much the moving average keeps at step `step` (0 = first): min(decay ^ (batch / referenceBatch), (1 + t) / (10 + t)),
 * so that runs with other batch sizes average over equally many samples (HR-NAS spec 4.5).
 */
export function emaDecayAt(options: { readonly decay: number; readonly referenceBatch: number }, batchSize: number, step: number): number {
  return Math.min(options.decay ** (batchSize / options.referenceBatch), (1 + step) / (10 + step));
}
