/** How persons are shown to a network, and what is made of what it says. JSON. */
export interface PoseSettings {
  /** [height, width] px of a person's crop. */
  readonly inputSize: readonly [number, number];
  /** Heat maps are averaged with those of the mirror image. */
  readonly flipTest: boolean;
  /** Joints below it do not count in a person's score. */
  readonly visibleThreshold: number;
  /** Of two persons in a picture that are more alike than this the worse one is dropped. */
  readonly nmsThreshold: number;
}

/** As Lite-HRNet and HR-NAS are tested (lite-hrnet.md 6.1). */
export const publishedPoseSettings = { flipTest: true, visibleThreshold: 0.2, nmsThreshold: 0.9 } as const;

/** As the search with this config judges its networks; undefined for other tasks. `config` was checked when it was stored. */
export function poseSettingsOf(config: unknown): Omit<PoseSettings, 'inputSize'> | undefined {
  const data = (config as { readonly data?: Partial<PoseSettings> & { readonly kind?: string } } | undefined)?.data;
  if (data?.kind !== 'keypoints') return undefined;
  const { flipTest, visibleThreshold, nmsThreshold } = { ...publishedPoseSettings, ...data };
  return { flipTest, visibleThreshold, nmsThreshold };
}
