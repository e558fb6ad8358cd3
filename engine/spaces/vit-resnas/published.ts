import type { PublishedArchitecture } from '../search-space.ts';
import { importOfficial } from './notation.ts';
import { formatNetworkDef, officialPatchSize, officialStemChannels } from './network-def.ts';
import type { VitStage } from './network.ts';

/** Width, heads and hidden channels of the blocks of one stage, those left out by the search deleted (specification section 7). */
type StageLine = readonly [width: number, heads: string, hidden: string];

interface FixedNetwork {
  readonly name: string;
  readonly source: string;
  readonly space: string;
  readonly dropPath: number;
  readonly headWidths: readonly number[];
  readonly stages: readonly StageLine[];
}

const searched = 'yilunliao/vit-search, scripts/vit-sr-nas/searched_net';

const networks: readonly FixedNetwork[] = [
  {
    name: 'vit-resnas:tiny',
    source: searched,
    space: 'tiny',
    dropPath: 0.2,
    headWidths: [32, 48, 64],
    stages: [
      [176, '3 3 3 4 4', '704 576 640 576 704'],
      [352, '10 8 8 8 10 10', '1408 1408 1280 1408 1280 1024'],
      [704, '10 10 10 8 8', '2560 1792 2816 2816 2560'],
    ],
  },
  {
    name: 'vit-resnas:small',
    source: searched,
    space: 'small',
    dropPath: 0.3,
    headWidths: [32, 48, 64],
    stages: [
      [220, '5 5 7 5 5 5', '880 880 800 720 720 720'],
      [440, '10 10 10 10 12 12', '1760 1440 1920 1600 1600 1440'],
      [880, '16 12 16 12 14', '3200 3200 2880 2240 2560'],
    ],
  },
  {
    name: 'vit-resnas:medium',
    source: `${searched}; drop path as in the paper (0.3 in the script)`,
    space: 'small',
    dropPath: 0.4,
    headWidths: [32, 48, 64],
    stages: [
      [240, '7 6 7 8 7 8 6', '960 960 800 960 880 880 800'],
      [640, '10 14 14 16 14 16 16', '1120 1760 1920 1760 1440 1760 1920'],
      [880, '16 10 16 12 16 14', '3200 3840 3840 3200 3520 3520'],
    ],
  },
  {
    name: 'vit-resnas:res-tiny',
    source: 'yilunliao/vit-search, the hand-made ViT-Res-Tiny',
    space: 'res-tiny',
    dropPath: 0.2,
    headWidths: [64, 64, 64],
    stages: [
      [192, '3 3 3 3', '768 768 768 768'],
      [384, '6 6 6 6', '1536 1536 1536 1536'],
      [768, '12 12 12 12', '3072 3072 3072 3072'],
    ],
  },
];

function stageOf([width, headList, hiddenList]: StageLine, headWidth: number): VitStage {
  const hidden = hiddenList.split(' ').map(Number);
  const blocks = headList.split(' ').map((heads, b) => ({ heads: Number(heads), headWidth, hidden: hidden[b] ?? 0, exists: true }));
  return { width, blocks };
}

/** The networks with the head for token labelling, as they were trained and as their published sizes count. */
export const publishedArchitectures: readonly PublishedArchitecture[] = networks.map(
  ({ name, source, space, dropPath, headWidths, stages }) => {
    const stem = { kind: 'conv', channels: officialStemChannels, patchSize: officialPatchSize } as const;
    const def = formatNetworkDef({ stem, stages: stages.map((line, s) => stageOf(line, headWidths[s] ?? 0)), classes: 1000 });
    return { name, arch: importOfficial(def, undefined, { space, dropPath }), source };
  },
);
