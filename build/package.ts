import { existsSync, globSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { cp, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { build, Platform } from 'electron-builder';
import { bundle } from './bundle.ts';
import { prepareElectronDir } from './electron-dir.ts';
import { packageConfiguration, resources } from './electron-builder.ts';
import { bundleShell } from './electron.ts';
import { ensureInterface } from './ensure-interface.ts';
import { drawIcons } from './icons/draw.ts';
import { collectLicences, writeLicences } from './licences.ts';

const root = resolve(import.meta.dirname, '..');
const mostPackedMb = 800;

/** Everything that is started: out/renderer, out/main, out/electron, and what the packager takes from out/package. */
export async function buildAll(): Promise<void> {
  await ensureInterface();
  await bundle(join(root, 'out/main'), 'warn');
  await bundleShell(join(root, 'out/electron'), 'warn');
  const { devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { devDependencies: Record<string, string> };
  mkdirSync(resources, { recursive: true });
  await rm(join(resources, 'icons'), { recursive: true, force: true });
  await drawIcons(join(resources, 'icons'));
  for (const name of ['icon.ico', 'icon.icns', 'experiment.png', 'experiment.ico', 'experiment.icns']) {
    await cp(join(resources, 'icons', name), join(resources, name));
  }
  for (const name of ['icon.png', 'icon.ico', 'icon.icns', 'experiment.png', 'experiment.ico', 'experiment.icns']) {
    if (name !== 'icon.png') await rm(join(resources, 'icons', name), { force: true });
    else await cp(join(resources, 'icons', name), join(root, 'out/electron/icon.png'));
  }
  await rm(join(resources, 'icons/icon.png'), { force: true });
  const licences = collectLicences(Object.keys(devDependencies).filter((name) => isBundled(name)));
  writeLicences(join(resources, 'LICENSES.txt'), licences);
}

/** Packages of the interface: those that its sources import. */
function isBundled(name: string): boolean {
  bundledNames ??= new Set(
    globSync('renderer/**/*.{ts,vue}', { cwd: root }).flatMap((path) =>
      [...readFileSync(join(root, path), 'utf8').matchAll(/from '((?:@[\w.-]+\/)?[\w.-]+)|import '((?:@[\w.-]+\/)?[\w.-]+)/g)].map(
        ([, from, alone]) => from ?? alone ?? '',
      ),
    ),
  );
  return bundledNames.has(name);
}
let bundledNames: ReadonlySet<string> | undefined;

/** The application as a folder (`<output>/linux-unpacked`); its path. */
export async function packFolder(options: { readonly electronDir?: string; readonly output?: string }): Promise<string> {
  const output = options.output ?? join(root, 'dist');
  const electron =
    options.electronDir === undefined ? undefined : prepareElectronDir(resolve(options.electronDir), join(root, 'out/electron-dir'));
  const configuration = packageConfiguration({
    output,
    ...(electron === undefined ? {} : { electronDir: electron.folder, electronVersion: electron.version }),
  });
  await build({ projectDir: root, targets: Platform.current().createTarget('dir'), config: configuration, publish: 'never' });
  await rm(join(root, 'out/electron-dir'), { recursive: true, force: true });
  const folder = globSync('*-unpacked', { cwd: output })[0] ?? globSync('mac*', { cwd: output })[0];
  if (folder === undefined) throw new Error(`The packager left no application in ${output}.`);
  return join(output, folder);
}

/** Bytes of all files below a folder, in MB; links are not followed. */
export function folderMb(folder: string): number {
  const bytes = globSync('**/*', { cwd: folder, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
  return bytes / 1e6;
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { 'electron-dir': { type: 'string' }, output: { type: 'string' } } });
  const electronDir = values['electron-dir'];
  await buildAll();
  process.stdout.write('Built: out/renderer (interface), out/main (lab, command line), out/electron (main process, preload)\n');
  const official = existsSync(join(root, 'node_modules/electron/dist/version'));
  // The npm package holds no application.
  if (process.env['npm_lifecycle_event'] === 'prepack') return;
  if (electronDir === undefined && !official) {
    process.stdout.write(
      "No package was made: Electron's own binary is not here (npm start fetches it). Name another with --electron-dir DIR.\n",
    );
    return;
  }
  const folder = await packFolder({
    ...(electronDir === undefined ? {} : { electronDir }),
    ...(values.output === undefined ? {} : { output: resolve(values.output) }),
  });
  const size = folderMb(folder);
  process.stdout.write(`Packed: ${folder}, ${size.toFixed(0)} MB (at most ${mostPackedMb})\n`);
  if (size > mostPackedMb) process.exitCode = 1;
}

if (process.argv[1] === import.meta.filename) await main();
