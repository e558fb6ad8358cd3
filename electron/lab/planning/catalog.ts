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
};

export function catalogView(): Catalog {
  return {
    presets: (['demo', 'desktop', 'paper'] as const).map(presetView),
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
    strategy: config.strategy.id,
    datasetKinds: DATASET_KINDS.filter(({ task }) => task === 'segmentation').map(({ kind }) => kind),
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
