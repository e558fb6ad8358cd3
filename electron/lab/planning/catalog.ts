import { DATASET_KINDS } from '../../../datasets/catalog.ts';
import { spaces, findSpace } from '../../../engine/catalog.ts';
import { optionNotes } from '../../../engine/search/annotated-config.ts';
import { configJsonSchema, parseSearchConfig } from '../../../engine/search/config.ts';
import type { PresetName } from '../../../engine/search/config.ts';
import { presets } from '../../../engine/search/presets.ts';
import { log10SpaceSize } from '../../../engine/spaces/space-size.ts';
import type { Catalog, PresetView, SpaceView } from '../../ipc/planning.ts';
import { asJson } from '../search-setup.ts';

/** One line for people who choose between presets. */
const summaries: Readonly<Record<PresetName, string>> = {
  demo: 'Minutes on a CPU with synthetic streets: the whole way from nothing to a front.',
  desktop: 'Your own Cityscapes at half resolution, for one desktop GPU or a patient CPU.',
  paper: "The paper's own schedule and resolution; days on a large GPU.",
  'hrnas-pose-demo': 'Minutes on a CPU with synthetic figures: the supernet for key points is shrunk to a front.',
  'hrnas-pose-desktop': 'Your own COCO key points, for one desktop GPU or a patient CPU.',
  'hrnas-pose': "The released code's schedule for COCO; days on a large GPU.",
  'lite-hrnet-demo': 'Minutes on a CPU with synthetic figures: evolution over the family of Lite-HRNet.',
  'lite-hrnet-desktop': 'Evolution over the family on your own COCO key points, for one desktop GPU.',
  'lite-hrnet': 'Every network trained with the published schedule; weeks on a large GPU.',
  'dpc-demo': 'Minutes on a CPU with synthetic streets: cells on stored features of a frozen backbone.',
  'dpc-desktop': 'Cells for your own Cityscapes at half resolution, for one desktop GPU.',
  dpc: "The paper's proxy task and search; weeks on many GPUs.",
};

const taskTitles = { segmentation: 'segmentation', keypoints: 'key points' } as const;
const metrics = { segmentation: 'mIoU', keypoints: 'AP' } as const;

export function catalogView(): Catalog {
  return {
    presets: (Object.keys(summaries) as PresetName[]).map(presetView),
    spaces: spaces.map(({ id }) => spaceView(id)),
    datasetKinds: DATASET_KINDS.map(({ kind, title, task, signature }) => ({ kind, title, task, signature })),
    optionNotes,
    configSchema: asJson(configJsonSchema()),
  };
}

function presetView(name: PresetName): PresetView {
  const config = parseSearchConfig({ preset: name });
  const { system } = presets[name];
  return {
    name,
    system,
    systemTitle: findSpace(system).title,
    family: `${findSpace(system).title}, ${taskTitles[config.data.kind]}`,
    budget: name.endsWith('demo') ? 'demo' : name.endsWith('desktop') ? 'desktop' : 'paper',
    task: config.data.kind,
    metric: metrics[config.data.kind],
    strategy: config.strategy.id,
    datasetKinds: DATASET_KINDS.filter(({ task }) => task === config.data.kind).map(({ kind }) => kind),
    summary: summaries[name],
    config: asJson(config),
  };
}

function spaceView(id: string): SpaceView {
  const space = findSpace(id);
  return {
    id,
    title: space.title,
    choices: space.choices(space.defaultSettings).length,
    log10Size: log10SpaceSize(space, space.defaultSettings),
    settings: asJson(space.defaultSettings),
    published: space.published.map(({ name }) => name),
  };
}
