import type { Failure } from '../../../db/store.ts';

export type ToTask =
  | {
      readonly type: 'task';
      readonly name: string;
      readonly input: unknown;
      /** Undefined: the fastest one here. */
      readonly backend?: string;
      readonly threads?: number;
    }
  | { readonly type: 'cancel' };

export type FromTask =
  | { readonly type: 'progress'; readonly done: number; readonly total?: number; readonly note?: string }
  | { readonly type: 'result'; readonly value: unknown }
  | { readonly type: 'failed'; readonly failure: Failure };
