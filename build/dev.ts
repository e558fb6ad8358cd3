/** `npm run dev`: the interface built again after each change, and `lab serve` that starts again when a file of the lab changes. */
import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import { ensureInterface } from './ensure-interface.ts';
import { buildRenderer } from './renderer.ts';

const root = resolve(import.meta.dirname, '..');
const outDir = join(root, 'out/renderer');

await ensureInterface(outDir);
await buildRenderer(outDir, { watch: true, logLevel: 'warn' });
const entry = join(root, 'electron/lab/cli/index.ts');
const args = ['--watch', '--watch-preserve-output', '--disable-warning=ExperimentalWarning', entry, 'serve', ...process.argv.slice(2)];
const server = spawn(process.execPath, args, { stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void (process.stdin.isTTY || server.kill(signal)));
server.once('close', (code) => process.exit(code ?? 0));
