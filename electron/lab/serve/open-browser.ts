import { spawn } from 'node:child_process';

/** Opens an address in the user's browser; false when there is no program that does. Nothing goes through a shell. */
export function openBrowser(address: string): Promise<boolean> {
  const [program, ...args] = commandFor(process.platform);
  return new Promise((resolve) => {
    const child = spawn(program, [...args, address], { stdio: 'ignore', detached: true });
    child.once('error', () => resolve(false));
    child.once('spawn', () => {
      child.unref();
      resolve(true);
    });
  });
}

function commandFor(platform: NodeJS.Platform): readonly [string, ...string[]] {
  if (platform === 'darwin') return ['open'];
  if (platform === 'win32') return ['rundll32', 'url.dll,FileProtocolHandler'];
  return ['xdg-open'];
}
