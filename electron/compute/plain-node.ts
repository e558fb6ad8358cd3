import { existsSync } from 'node:fs';

/** Names the Node that comes with the product; set by the main process for the utility processes that it starts. */
export const plainNodeVariable = 'LAB_PLAIN_NODE';

/**
 * In a utility process of Electron the program is no Node (its fuse `runAsNode` is off), so what starts small processes by `process.execPath`
 * (probes of backends) uses the Node that comes with the product instead. Without one everything stays as it is.
 */
export function usePlainNode(env: Readonly<Record<string, string | undefined>> = process.env): void {
  const node = env[plainNodeVariable];
  if (node !== undefined && node !== '' && existsSync(node)) process.execPath = node;
}
