import type { Value } from '../../graph/builder.ts';

/** What a backbone gives to cell and decoder. */
export interface BackboneOutput {
  /** F: [h / output stride, w / output stride, channels] */
  readonly features: Value;
  /** The decoder's early features: [h / 4, w / 4, channels] */
  readonly early: Value;
}

/**
 * Turns strides into dilations once the wanted output stride is reached: a unit whose stride is cancelled keeps the rate that it finds, those
 * after it get that times the stride.
 */
export class AtrousStrides {
  readonly #outputStride: number;
  #stride = 1;
  #rate = 1;

  constructor(outputStride: number) {
    this.#outputStride = outputStride;
  }

  next(stride: number): { readonly stride: number; readonly rate: number } {
    if (this.#stride === this.#outputStride) {
      const rate = this.#rate;
      this.#rate *= stride;
      return { stride: 1, rate };
    }
    this.#stride *= stride;
    return { stride, rate: 1 };
  }
}
