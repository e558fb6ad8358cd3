import type { PublishedArchitecture } from '../search-space.ts';
import { fromLists } from './notation.ts';
import { publishedSettings, type HrNasSettings } from './settings.ts';

/** Hidden channels as 'k3/k5/k7' a block in construction order, tokens a transformer site (specification section 11.5). */
interface FixedNetwork {
  readonly name: string;
  readonly source: string;
  readonly channels: string;
  readonly tokens: readonly number[];
}

const imagenet: FixedNetwork = {
  name: 'hr-nas:in',
  source: 'dingmyu/HR-NAS, checkpoint.json (ImageNet, retraining form)',
  channels:
    '32/12/1 28/7/5 28/8/1 31/29/30 11/4/0 1/0/0 14/19/17 18/12/7 8/1/0 3/0/1 15/17/17 24/19/8 62/82/86 0/0/0 0/0/0 14/15/6 14/8/3 ' +
    '39/42/58 53/21/30 66/49/52 1/0/0 1/0/1 3/6/2 8/2/2 20/9/19 62/65/42 71/52/45 180/142/158 0/0/0 0/0/0 2/1/3 1/4/1 36/26/17 21/22/7 ' +
    '20/16/15 66/48/124 74/61/136 76/48/123 128/59/128 0/0/0 0/0/1 0/1/0 0/0/1 8/3/5 17/23/20 39/9/9 92/33/105 145/142/153 147/75/82 ' +
    '0/0/0 0/0/0 0/1/3 1/0/1 27/13/15 18/6/22 22/10/19 158/83/98 178/110/124 175/122/158 127/96/143 0/0/0 0/2/7 25/40/20 45/44/170 ' +
    '0/0/0 3/14/11 29/22/108',
  tokens: [],
};

const cityscapes: readonly FixedNetwork[] = [
  {
    name: 'hr-nas:cs1',
    source: 'dingmyu/mmsegmentation, branch transformer, searched_result (Cityscapes, network 1)',
    channels:
      '15/3/1 15/3/5 16/3/3 18/7/12 4/0/1 1/0/0 12/8/5 17/7/5 2/0/0 18/2/0 7/1/1 11/7/5 28/22/13 2/0/0 1/0/0 3/0/2 5/0/0 22/9/17 25/13/7 ' +
      '19/12/13 2/0/0 6/0/1 4/1/0 10/2/0 32/19/8 15/12/9 23/11/10 58/38/34 0/0/0 0/0/0 6/2/1 6/4/0 15/6/2 14/6/3 12/4/2 56/37/54 47/36/45 ' +
      '44/23/61 43/35/60 1/0/0 4/0/0 1/0/0 6/1/0 26/13/8 17/9/3 43/13/3 106/82/51 49/22/22 56/26/49 5/1/0 1/0/0 6/7/1 4/2/1 56/30/8 ' +
      '45/30/10 45/21/8 91/54/76 87/62/106 110/75/126 191/151/217 2/7/5',
    tokens: [
      0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 27, 0, 0, 0, 0, 0, 0, 0, 20, 28, 14, 34, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 11, 13,
      37, 13,
    ],
  },
  {
    name: 'hr-nas:cs2',
    source: 'dingmyu/mmsegmentation, branch transformer, searched_result (Cityscapes, network 2)',
    channels:
      '7/4/4 7/5/3 13/4/3 19/15/11 4/1/0 1/0/0 25/13/11 14/5/4 5/0/0 13/10/1 8/4/0 8/4/2 28/20/20 2/0/0 1/0/0 10/1/0 6/1/0 23/22/14 ' +
      '21/14/16 18/13/8 4/1/0 9/2/0 2/1/0 10/0/1 29/15/9 11/10/6 18/16/6 59/38/45 1/0/0 0/1/0 6/0/0 6/3/0 16/7/3 14/10/3 8/5/0 41/34/53 ' +
      '56/34/56 36/32/54 53/31/53 1/0/0 3/1/0 1/1/0 6/0/0 21/11/0 14/8/6 35/20/7 113/73/64 55/20/22 50/37/43 2/0/0 1/1/0 5/3/2 4/4/1 ' +
      '49/27/13 45/26/14 62/22/20 80/75/78 81/58/98 107/70/125 195/150/217 5/6/3',
    tokens: [
      20, 7, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 29, 35, 29, 1, 0, 25, 0, 0, 0, 1, 23, 30, 30, 40, 0, 37, 35, 0, 0, 0, 35, 8, 6, 0, 0, 0, 0, 0,
      35, 37, 34, 34,
    ],
  },
  {
    name: 'hr-nas:cs3',
    source: 'dingmyu/mmsegmentation, branch transformer, searched_result (Cityscapes, network 3)',
    channels:
      '11/3/3 10/5/4 17/8/4 26/20/19 6/2/0 2/0/0 22/15/7 20/12/4 6/1/0 19/10/2 5/4/0 15/6/4 30/22/25 1/1/0 1/0/0 5/2/0 8/2/0 23/22/24 ' +
      '21/14/17 30/18/11 3/0/0 10/2/2 5/0/0 12/3/0 41/23/12 16/13/4 21/15/12 70/49/46 1/0/0 1/0/0 9/4/0 8/2/0 19/10/5 22/9/5 22/9/2 ' +
      '49/42/52 55/34/60 44/31/56 45/27/68 0/1/0 5/3/0 1/1/0 8/2/0 42/12/5 22/13/4 43/16/3 130/85/68 51/30/32 63/29/51 6/0/0 2/0/0 10/4/3 ' +
      '8/2/1 49/39/14 60/30/17 70/23/22 105/68/115 85/76/110 118/87/165 239/172/234 7/5/4',
    tokens: [
      5, 9, 0, 13, 6, 0, 0, 0, 17, 16, 0, 0, 24, 30, 37, 24, 0, 33, 0, 8, 6, 0, 38, 16, 29, 31, 23, 34, 32, 14, 28, 6, 31, 10, 18, 0, 0, 0,
      0, 0, 32, 32, 30, 32,
    ],
  },
  {
    name: 'hr-nas:cs4',
    source: 'dingmyu/mmsegmentation, branch transformer, searched_result (Cityscapes, network 4)',
    channels:
      '12/6/2 9/5/2 16/9/4 28/21/21 3/0/0 1/0/0 24/17/8 13/9/4 8/1/0 22/6/2 5/3/0 11/7/2 27/21/21 4/0/0 1/0/0 5/1/1 7/0/0 27/17/25 ' +
      '25/22/10 22/15/12 2/0/0 13/1/1 6/1/1 14/2/1 38/28/16 16/13/9 29/17/7 64/45/46 1/0/0 1/0/0 2/2/2 10/2/0 18/5/6 18/7/8 25/5/7 ' +
      '34/36/67 47/36/55 52/29/65 49/32/62 0/1/0 9/1/1 3/0/0 5/2/1 31/19/5 26/9/5 52/25/5 133/79/88 59/34/19 54/36/52 3/0/0 1/1/1 8/1/1 ' +
      '5/5/2 58/31/16 56/37/16 70/32/26 95/71/94 82/65/109 110/79/156 224/166/245 8/7/5',
    tokens: [
      33, 0, 0, 1, 0, 0, 0, 0, 0, 3, 0, 0, 31, 35, 33, 0, 5, 27, 0, 0, 1, 0, 9, 3, 24, 26, 0, 31, 36, 0, 0, 0, 39, 0, 0, 28, 25, 0, 2, 22,
      33, 35, 29, 34,
    ],
  },
  {
    name: 'hr-nas:cs5',
    source: 'dingmyu/mmsegmentation, branch transformer, searched_result (Cityscapes, network 5)',
    channels:
      '16/7/5 13/11/7 13/3/2 22/9/14 3/0/0 3/0/0 16/9/11 18/3/0 4/1/0 18/5/1 8/3/2 13/3/2 33/23/19 1/2/0 2/1/0 6/0/0 6/1/1 28/23/17 ' +
      '27/16/17 32/5/6 3/0/0 10/1/1 5/2/0 10/1/0 39/18/7 17/12/13 31/15/4 63/47/59 0/1/0 1/0/0 8/4/0 9/0/1 18/15/8 14/8/7 20/10/5 ' +
      '41/46/67 59/39/50 42/39/58 47/37/77 1/0/0 5/1/0 1/1/0 8/1/0 28/18/5 17/6/6 46/22/8 115/85/61 56/39/24 58/28/50 2/1/0 1/0/1 8/4/0 ' +
      '8/5/0 62/29/11 45/35/11 60/23/16 104/73/94 92/67/127 144/101/163 224/172/236 8/3/5',
    tokens: [
      34, 0, 16, 0, 0, 0, 0, 25, 0, 0, 0, 17, 26, 1, 18, 0, 24, 27, 35, 27, 22, 12, 28, 12, 26, 0, 19, 27, 25, 25, 0, 22, 0, 15, 29, 31, 34,
      36, 34, 26, 28, 22, 26, 1, 0, 0, 0, 1, 32, 30, 34, 0, 20, 0, 0, 0, 38, 33, 26, 34, 4,
    ],
  },
];

function parseChannels(text: string): number[][] {
  return text.split(' ').map((block) => block.split('/').map(Number));
}

function publish(network: FixedNetwork, settings: HrNasSettings): PublishedArchitecture {
  return { name: network.name, arch: fromLists(settings, parseChannels(network.channels), network.tokens), source: network.source };
}

const { segmentation, classification } = publishedSettings;

/** Searched networks whose architecture is public; their accuracies are not. Only number 5 was searched with down-sampling transformers. */
export const publishedArchitectures: readonly PublishedArchitecture[] = [
  ...cityscapes.map((network) => publish(network, { ...segmentation, downsamplingTransformer: network.name === 'hr-nas:cs5' })),
  publish(imagenet, { ...classification, blockForm: 'fused', activation: 'swish', transformer: false, dropout: 0.28 }),
];
