import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openLab } from '../../../../electron/lab/lab.ts';
import { optionNotes } from '../../../../engine/search/annotated-config.ts';
import { presets as enginePresets } from '../../../../engine/search/presets.ts';

const home = mkdtempSync(join(tmpdir(), 'planning-'));
const lab = openLab({ home });
afterAll(async () => {
  await lab.close();
  rmSync(home, { recursive: true });
});

describe('catalog', () => {
  it('has every preset complete, the spaces with their sizes, and a schema that knows every section', async () => {
    const { presets, spaces, configSchema, datasetKinds } = await lab.api.catalog();
    expect(presets.map(({ name }) => name).sort()).toEqual(Object.keys(enginePresets).sort());
    expect(presets).toContainEqual(expect.objectContaining({ name: 'demo', system: 'hr-nas', strategy: 'shrink', datasetKinds: ['cityscapes'] }));
    expect(presets).toContainEqual(expect.objectContaining({ name: 'dpc', system: 'dpc', strategy: 'near-best' }));
    for (const { summary } of presets) expect(summary).toMatch(/\w{3,}.*\.$/);
    expect(datasetKinds).toContainEqual(expect.objectContaining({ kind: 'cityscapes', task: 'segmentation' }));
    expect(spaces.find(({ id }) => id === 'dpc')?.log10Size).toBeGreaterThan(10); // 3.8 * 10^10 different cells
    const { properties } = configSchema as { properties: Record<string, unknown> };
    expect(Object.keys(properties).sort()).toEqual(
      Object.keys(optionNotes)
        .filter((path) => !path.includes('.'))
        .sort(),
    );
  });
});

describe('draftConfig', () => {
  it('completes a preset with changes and plans it', async () => {
    const { config, problems, plan } = await lab.api.draftConfig({ preset: 'demo', set: [['strategy.steps', 80]] });
    expect(problems).toEqual([]);
    expect(config).toMatchObject({ preset: 'demo', strategy: { id: 'shrink', steps: 80 } });
    expect(plan?.steps).toBe(140 + 4 * 80);
  });

  it('lists all problems with their paths and keeps what was given', async () => {
    const { config, problems, plan } = await lab.api.draftConfig({
      preset: 'demo',
      set: [
        ['strategy.steps', 0],
        ['data.crop', [3, 5]],
      ],
    });
    expect(problems.map(({ path }) => path)).toEqual(expect.arrayContaining(['strategy.steps', 'data.crop.0']));
    expect(config).toMatchObject({ strategy: { steps: 0 }, data: { crop: [3, 5] } });
    expect(plan).toBeUndefined();
  });

  it('refuses a preset that there is not', async () => {
    await expect(lab.api.draftConfig({ preset: 'dream' })).rejects.toMatchObject({ code: 'unknown-preset' });
  });
});

describe('dryRun', () => {
  it('refuses a data set that is not registered before it starts anything', async () => {
    const { config } = await lab.api.draftConfig({ preset: 'demo' });
    await expect(lab.api.dryRun({ config, dataset: 'nowhere' })).rejects.toMatchObject({ code: 'unknown-dataset' });
    expect(await lab.api.jobs()).toEqual([]);
  });
});
