import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { PathGrants } from '../../../../electron/ipc/grants.ts';
import { browserPlaces } from '../../../../electron/lab/places/places.ts';
import { readArchitectureFile } from '../../../../electron/lab/places/read-architecture.ts';
import { exportsFolderOf, workspaceOf } from '../../../../electron/lab/workspace.ts';
import { hrNas } from '../../../../engine/spaces/hr-nas/hr-nas.ts';
import { temporaryFolder } from '../../../db/temporary-folder.ts';

describe('folders for a browser', () => {
  test('folders and wanted files by name, numbers in order, hidden ones left out; up to the granted folder and no further', async () => {
    const root = temporaryFolder();
    for (const name of ['run10', 'run9', '.hidden', 'outer/inner']) mkdirSync(join(root, name), { recursive: true });
    for (const name of ['b.naslab', 'a.NASLAB', 'c.txt', 'dangling']) writeFileSync(join(root, name), '');
    const places = browserPlaces(root, new PathGrants([root]));
    const listing = await places.listFolders({ withFiles: ['naslab'] });
    expect(listing.folders.map(({ name }) => name)).toEqual(['outer', 'run9', 'run10']);
    expect(listing.files.map(({ name }) => name)).toEqual(['a.NASLAB', 'b.naslab']);
    expect(listing).not.toHaveProperty('parent');
    expect(await places.listFolders({ path: join(root, 'outer/inner') })).toMatchObject({ parent: join(root, 'outer'), folders: [] });
  });

  test('a link inside of the granted folder is followed, one that leads out is not shown', async () => {
    const [root, outside] = [temporaryFolder(), temporaryFolder()];
    mkdirSync(join(root, 'real'));
    symlinkSync(join(root, 'real'), join(root, 'inside'));
    symlinkSync(outside, join(root, 'way-out'));
    const { folders } = await browserPlaces(root, new PathGrants([root])).listFolders();
    expect(folders.map(({ name }) => name)).toEqual(['inside', 'real']);
  });

  test('a folder that is gone: a failure with its path', async () => {
    const root = temporaryFolder();
    const places = browserPlaces(root, new PathGrants([root]));
    await expect(places.listFolders({ path: join(root, 'none') })).rejects.toMatchObject({ code: 'file-missing' });
  });
});

describe('a file with an architecture', () => {
  const file = (text: string): string => {
    const path = join(temporaryFolder(), 'x.nasarch.json');
    writeFileSync(path, text);
    return path;
  };

  test('what the export wrote comes back', () => {
    const arch = hrNas.smallest(hrNas.defaultSettings);
    expect(readArchitectureFile(file(JSON.stringify(arch)))).toEqual(arch);
  });

  test.each([
    ['no JSON', 'no', 'architecture-file-invalid'],
    ['too large', ' '.repeat(1024 * 1024 + 1), 'architecture-file-invalid'],
    ['another document', '{"a":1}', expect.any(String)],
    ['an unknown space', '{"space":"x","version":1,"choices":{}}', expect.any(String)],
  ])('%s: refused', (_title, text, code) => {
    expect(() => readArchitectureFile(file(text))).toThrow(expect.objectContaining({ code }) as Error);
  });
});

describe('the workspace', () => {
  test('inside of a home that was named; where the settings say; and there when they are damaged', () => {
    const home = temporaryFolder();
    expect(workspaceOf(home)).toBe(join(home, 'workspace'));
    writeFileSync(join(home, 'settings.json'), JSON.stringify({ storage: { workspace: '/data/results' } }));
    expect(exportsFolderOf(home)).toBe(join('/data/results', 'exports'));
    writeFileSync(join(home, 'settings.json'), '{');
    expect(workspaceOf(home)).toBe(join(home, 'workspace'));
  });
});
