import { join, resolve } from 'node:path';
import type { Configuration } from 'electron-builder';

const root = resolve(import.meta.dirname, '..');

/** Where icons are drawn and licences are gathered for the packager. */
export const resources = join(root, 'out/package');

export interface PackageOptions {
  /** A folder with an unpacked Electron, where the official one is not used. */
  readonly electronDir?: string;
  /** Version of that Electron. */
  readonly electronVersion?: string;
  readonly output?: string;
}

/** Kinds of files that the app opens. */
export const openedKinds = [
  { ext: 'naslab', name: 'Paretoscope experiment', mimeType: 'application/x-paretoscope-experiment' },
  { ext: 'nasarch.json', name: 'Paretoscope architecture', mimeType: 'application/x-paretoscope-architecture' },
] as const;

/**
 * How the app is packed. Its archive holds main process, preload and interface. What the lab's process and those that compute start from lies
 * beside the archive as real files: worker threads, native addons and WebAssembly of packages read their own files, and a plain Node can run it.
 */
export function packageConfiguration({ electronDir, electronVersion, output = join(root, 'dist') }: PackageOptions = {}): Configuration {
  return {
    appId: 'org.paretoscope.app',
    productName: 'Paretoscope',
    artifactName: '${productName}-${version}-${os}-${arch}.${ext}',
    directories: { output, buildResources: resources },
    // Packed with another Electron it is for tests: no fuses, and `--test-lab-node` may be given.
    extraMetadata: { main: 'out/electron/main.cjs', ...(electronDir === undefined ? {} : { isForTests: true }) },
    files: [
      'package.json',
      'LICENSE',
      'out/electron/**',
      'out/main/**',
      'out/renderer/**',
      // Of the plain Node, by which backends are probed, the program alone.
      '!node_modules/node-{bin-,}{linux,darwin,win}-*/{include,lib,share}/**',
      '!**/*.map',
      '!**/*.{ts,mts,cts}',
      '!**/{test,tests,__tests__,docs,example,examples}/**',
      // TensorFlow.js comes bundled in several forms; Node loads `main` alone.
      '!node_modules/@tensorflow/*/dist/*.{es2017,fesm}{,.min}.js',
      '!node_modules/@tensorflow/*/dist/tf*.min.js',
      '!node_modules/@tensorflow/tfjs/dist/tools/**',
      '!node_modules/better-sqlite3/{deps,src}/**',
    ],
    asar: true,
    asarUnpack: ['out/main/**', 'node_modules/**'],
    extraResources: [{ from: join(resources, 'LICENSES.txt'), to: 'LICENSES.txt' }],
    npmRebuild: false,
    ...(electronDir === undefined ? { electronFuses: fuses } : { electronDist: electronDir }),
    ...(electronVersion === undefined ? {} : { electronVersion }),
    fileAssociations: openedKinds.map(({ ext, name, mimeType }) => ({
      ext,
      name,
      mimeType,
      role: 'Editor',
      icon: join(resources, 'experiment'),
    })),
    linux: {
      target: ['AppImage', 'deb'],
      category: 'Science',
      executableName: 'paretoscope',
      icon: join(resources, 'icons'),
      synopsis: 'A desktop lab for neural architecture search',
      maintainer: 'Paretoscope',
      mimeTypes: openedKinds.map(({ mimeType }) => mimeType),
    },
    win: { target: ['nsis'], icon: join(resources, 'icon.ico') },
    nsis: { oneClick: false, perMachine: false, allowToChangeInstallationDirectory: true, deleteAppDataOnUninstall: false },
    mac: {
      target: ['dmg', 'zip'],
      icon: join(resources, 'icon.icns'),
      category: 'public.app-category.developer-tools',
      hardenedRuntime: true,
      entitlements: join(root, 'build/entitlements.mac.plist'),
      entitlementsInherit: join(root, 'build/entitlements.mac.plist'),
    },
    publish: null,
  };
}

/** What the product's Electron can no longer be talked into. */
export const fuses: NonNullable<Configuration['electronFuses']> = {
  runAsNode: false,
  enableNodeOptionsEnvironmentVariable: false,
  enableNodeCliInspectArguments: false,
  onlyLoadAppFromAsar: true,
  enableEmbeddedAsarIntegrityValidation: true,
  grantFileProtocolExtraPrivileges: false,
  enableCookieEncryption: false,
};
