/** SwiftShader, a Vulkan driver that computes on the CPU: right results, very slowly. Debian has it in `chromium-common`. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

const places = [process.env['LAB_SWIFTSHADER'] ?? '', '/usr/lib/chromium/vk_swiftshader_icd.json', '/usr/lib64/chromium-browser/vk_swiftshader_icd.json'];

/** The file by which the Vulkan loader finds it; undefined where it is not installed. `$LAB_SWIFTSHADER` names another. */
export const swiftshader = places.find((path) => path !== '' && existsSync(path));

/** Variables of a process whose only GPU is SwiftShader; the loader beside it serves where the system has none. */
export function swiftshaderEnvironment(allowSoftware: boolean): NodeJS.ProcessEnv {
  const folder = dirname(swiftshader!);
  const { LAB_WEBGPU_ADAPTER: _ignored, ...env } = process.env;
  return {
    ...env,
    VK_DRIVER_FILES: swiftshader!,
    LAB_TEST_WEBGPU_SOFTWARE: allowSoftware ? '1' : '',
    ...(existsSync(join(folder, 'libvulkan.so.1')) && { LD_LIBRARY_PATH: [folder, process.env['LD_LIBRARY_PATH']].filter(Boolean).join(':') }),
  };
}

/** Runs webgpu-process.ts and returns its answers by name; rejects with what it wrote to stderr when it fails. */
export async function runWebgpuProcess(env: NodeJS.ProcessEnv): Promise<ReadonlyMap<string, unknown>> {
  const path = join(import.meta.dirname, 'webgpu-process.ts');
  const child = spawn(process.execPath, [path], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const text = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (part: string) => (text.stdout += part));
  child.stderr.setEncoding('utf8').on('data', (part: string) => (text.stderr += part));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) throw new Error(`webgpu-process.ts ended with ${code}: ${text.stderr}`);
  const answers = text.stdout.trim().split('\n');
  return new Map(answers.filter((line) => line.startsWith('{')).map((line) => [nameAndValue(line).name, nameAndValue(line).value]));
}

function nameAndValue(line: string): { readonly name: string; readonly value: unknown } {
  return JSON.parse(line) as { name: string; value: unknown };
}
