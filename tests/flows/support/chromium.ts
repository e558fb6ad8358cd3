import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';

const root = resolve(import.meta.dirname, '../../..');
const packageFolder = join(root, 'node_modules/@sparticuz/chromium');

export interface FoundBrowser {
  readonly executablePath: string;
  readonly env: Readonly<Record<string, string>>;
}

let found: Promise<FoundBrowser | undefined> | undefined;

/**
 * The browser of the tests: CHROMIUM_PATH, else on Linux x64 the one inside of an npm package, which is unpacked once into
 * node_modules/.cache. Undefined elsewhere: then tests that need one are skipped.
 */
export function findChromium(): Promise<FoundBrowser | undefined> {
  found ??= find();
  return found;
}

async function find(): Promise<FoundBrowser | undefined> {
  const named = process.env['CHROMIUM_PATH'];
  if (named !== undefined && named !== '') return { executablePath: named, env: {} };
  if (process.platform !== 'linux' || process.arch !== 'x64' || !existsSync(packageFolder)) return undefined;
  const { version } = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')) as { version: string };
  const folder = join(root, 'node_modules/.cache', `chromium-${version}`);
  if (!existsSync(folder)) await unpack(folder);
  return {
    executablePath: join(folder, 'chromium'),
    // Its own fonts, so that pictures look the same everywhere; its NSS libraries after those of the system.
    env: {
      FONTCONFIG_FILE: fontsFile(folder),
      LD_LIBRARY_PATH: [process.env['LD_LIBRARY_PATH'], join(folder, 'al2023/lib')].filter(Boolean).join(':'),
    },
  };
}

/** The package's own file looks for fonts in folders of another machine. */
function fontsFile(folder: string): string {
  const file = join(folder, 'fonts.conf');
  // Its one font has no arrows and no monospace: those come from the machine where it has fonts.
  const lines = [
    `<dir>${join(folder, 'fonts')}</dir>`,
    '<dir>/usr/share/fonts</dir>',
    `<cachedir>${join(folder, 'fonts-cache')}</cachedir>`,
  ];
  writeFileSync(
    file,
    `<?xml version="1.0"?>\n<!DOCTYPE fontconfig SYSTEM "fonts.dtd">\n<fontconfig>\n${lines.join('\n')}\n</fontconfig>\n`,
  );
  return file;
}

/** The package unpacks into the folder for temporary files, so a process of its own gets another one; the rename makes it whole at once. */
async function unpack(folder: string): Promise<void> {
  mkdirSync(dirname(folder), { recursive: true });
  const part = mkdtempSync(`${folder}.part-`);
  const script = [
    "import chromium, { inflate } from '@sparticuz/chromium';",
    'await chromium.executablePath();',
    `await inflate(${JSON.stringify(join(packageFolder, 'bin/al2023.tar.br'))});`,
  ].join('\n');
  await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], { cwd: root, env: { ...process.env, TMPDIR: part } });
  try {
    renameSync(part, folder);
  } catch {
    // Another process was first.
    rmSync(part, { recursive: true, force: true });
  }
}

/** Starts it headless, with software graphics. Whoever starts it closes it. */
export async function launchChromium(): Promise<Browser> {
  const browser = await findChromium();
  if (browser === undefined) throw new Error('No browser for tests here; name one with CHROMIUM_PATH.');
  return chromium.launch({
    executablePath: browser.executablePath,
    env: { ...process.env, ...browser.env } as Record<string, string>,
    args: [
      '--headless=new',
      '--no-sandbox',
      '--disable-gpu-sandbox',
      '--use-gl=angle',
      '--use-angle=swiftshader',
      '--enable-unsafe-swiftshader',
    ],
  });
}
