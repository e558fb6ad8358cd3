import { StoreError } from '../../db/store.ts';
import type { Failure } from '../../db/store.ts';
import type { LabApi } from './contract.ts';
import { pathArguments } from './granted-paths.ts';
import type { PathArgument } from './granted-paths.ts';
import type { PathGrants } from './grants.ts';
import { labMethods } from './methods.ts';
import type { LabMethod } from './methods.ts';
import { argumentSchemas } from './schemas/arguments.ts';

/** What a call becomes on its way back: JSON. */
export type Answer = { readonly value: unknown } | { readonly failure: Failure };

export interface CheckedCall {
  readonly method: LabMethod;
  readonly args: readonly unknown[];
}

const methods: ReadonlySet<string> = new Set(labMethods);

/**
 * A call of an interface, which may have been taken over by others: the method is one of the table, the arguments match its schema, the paths
 * among them are granted. StoreError 'unknown-method', 'invalid-arguments' (names every place), 'path-not-granted'.
 */
export function checkCall(method: unknown, args: unknown, grants: PathGrants): CheckedCall {
  if (typeof method !== 'string' || !methods.has(method)) {
    const came = typeof method === 'string' ? `'${method.slice(0, 80)}'` : typeof method;
    throw new StoreError('unknown-method', `The interface asked for ${came}, which is no operation of the lab.`, {
      tip: 'Reload the page: it may come from another version.',
    });
  }
  const name = method as LabMethod;
  const parsed = argumentSchemas[name].safeParse(args);
  if (!parsed.success) {
    const places = parsed.error.issues.map(({ path, message }) => `${['args', ...path].join('.')}: ${message}`);
    throw new StoreError('invalid-arguments', `The interface asked for ${name} with arguments that do not fit. ${places.join('; ')}`, {
      tip: 'Reload the page: it may come from another version.',
    });
  }
  const pathsOf = pathArguments[name] as ((...given: readonly unknown[]) => readonly PathArgument[]) | undefined;
  grants.check(pathsOf?.(...parsed.data) ?? []);
  return { method: name, args: parsed.data };
}

/** Does a checked call. Never rejects: whatever goes wrong leaves as a failure without a stack. */
export async function doCall(api: LabApi, { method, args }: CheckedCall): Promise<Answer> {
  try {
    const work = api[method] as (...given: readonly unknown[]) => Promise<unknown>;
    return { value: (await work.apply(api, [...args])) ?? null };
  } catch (error) {
    return { failure: failureOf(error) };
  }
}

/** Checks a call and does it. */
export async function handleCall(api: LabApi, method: unknown, args: unknown, grants: PathGrants): Promise<Answer> {
  let call: CheckedCall;
  try {
    call = checkCall(method, args, grants);
  } catch (error) {
    return { failure: failureOf(error) };
  }
  return doCall(api, call);
}

export function failureOf(error: unknown): Failure {
  const { code, message, tip } = (typeof error === 'object' && error !== null ? error : {}) as Readonly<Record<string, unknown>>;
  return {
    code: typeof code === 'string' ? code : 'unexpected',
    message: typeof message === 'string' && message !== '' ? message : String(error),
    ...(typeof tip === 'string' ? { tip } : {}),
  };
}
