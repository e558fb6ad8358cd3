import type { LabApi } from '../ipc/contract.ts';
import { labMethods } from '../ipc/methods.ts';

/**
 * One LabApi out of groups of operations, each implemented by one object. A method that no group has is a fault of the program
 * and is found at once.
 */
export function composeApi(groups: readonly object[], onEvent: LabApi['onEvent']): LabApi {
  const methods = labMethods.map((name) => {
    const group = groups.find((candidate) => name in candidate) as Readonly<Record<string, (...args: unknown[]) => unknown>> | undefined;
    if (group === undefined) throw new Error(`no group of the lab implements ${name}`);
    return [name, (...args: unknown[]) => group[name]?.(...args)] as const;
  });
  return { ...(Object.fromEntries(methods) as unknown as Omit<LabApi, 'onEvent'>), onEvent };
}
