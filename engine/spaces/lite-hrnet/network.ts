/** A Lite-HRNet with all choices made: what the graph is built from and the official notation says. */

/** 'weighting': conditional channel weighting of all branches together; 'shuffle': a shuffle unit a branch ("naive"). */
export type LiteBlock = 'weighting' | 'shuffle';

export interface LiteStage {
  readonly block: LiteBlock;
  readonly modules: number;
  /** In each module, on each branch. */
  readonly blocks: number;
  /** Channels of a branch over those of its cross-resolution weights' squeeze; only weighting has it. */
  readonly ratio: number;
  /** Channels of the branches, finest first; even. */
  readonly widths: readonly number[];
  /** Whether the modules end in a fusion of the branches. */
  readonly fuse: boolean;
}

export interface LiteNetwork {
  /** Channels of the first convolution and of the stem's output. */
  readonly stem: readonly [number, number];
  readonly stemExpansion: number;
  readonly stages: readonly LiteStage[];
  /** Fusions as released (specification section 4.3): branch 0 is summed up in place and its paths are added twice. */
  readonly fuseQuirk: boolean;
  readonly iterativeHead: boolean;
  readonly joints: number;
  readonly finalKernel: number;
}

/** The paper counts the stem as stage 1; the official code counts the stages behind it from 0. */
export function stageName(index: number): string {
  return `stage${index + 2}`;
}
