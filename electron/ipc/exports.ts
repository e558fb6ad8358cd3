import type { ArchitectureRef } from './architecture.ts';

/** Taking results away. Everything is written completely or not at all; existing files are replaced. */
export interface ExportsApi {
  /**
   * Writes a network with its weights. 'onnx': one file (opset 18, maps as [batch, channels, height, width]); 'tfjs': a folder for
   * `tf.loadGraphModel`; 'safetensors': the weights under their official names. The files carry the architecture and the normalisation.
   * Rejects with 'no-weights', 'bad-weights', 'onnx-unsupported', 'tfjs-unsupported', and as `architecture` does.
   */
  exportNetwork(ref: ArchitectureRef, options: NetworkExportOptions): Promise<NetworkExport>;
  /**
   * A folder for a paper: the front as CSV, LaTeX and SVG, every number with seeds, versions and fingerprints as JSON, the configurations, and
   * the commands that compute it again.
   */
  paperPack(ids: readonly string[], options?: { readonly target?: string; readonly title?: string }): Promise<PaperPack>;
}

export interface NetworkExportOptions {
  readonly format: 'onnx' | 'tfjs' | 'safetensors';
  /** A safetensors file, or 'fill' for the deterministic fill of the reference files. By default a trial's own weights. */
  readonly weights?: string;
  /** [height, width]; by default what its trial was measured with, else the published size. */
  readonly input?: readonly [number, number];
  /** A file, for 'tfjs' a folder. By default in the folder of exports. */
  readonly target?: string;
}

export interface NetworkExport {
  /** Absolute path of the file or folder. */
  readonly file: string;
  readonly name: string;
  readonly bytes: number;
  readonly tensors: number;
  readonly params: number;
}

export interface PaperPack {
  /** Absolute path. */
  readonly folder: string;
  readonly files: readonly { readonly name: string; readonly bytes: number }[];
}
