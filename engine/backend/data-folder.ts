import { join } from 'node:path';

/** Where the platform keeps an application's data: the same folder as Electron's `appData`. */
export function dataFolder(platform: NodeJS.Platform, env: Readonly<Record<string, string | undefined>>, userHome: string): string {
  if (platform === 'darwin') return join(userHome, 'Library', 'Application Support');
  if (platform === 'win32') return env['APPDATA'] || join(userHome, 'AppData', 'Roaming');
  return env['XDG_CONFIG_HOME'] || join(userHome, '.config');
}
