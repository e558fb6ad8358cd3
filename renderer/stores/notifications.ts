import { defineStore } from 'pinia';
import { shallowRef } from 'vue';
import { failureOf } from '../lab/failure.ts';

export interface Notice {
  readonly id: number;
  readonly tone: 'info' | 'good' | 'bad';
  readonly text: string;
  readonly detail?: string;
  readonly action?: { readonly label: string; readonly run: () => void };
}

const shownMs = 6_000;
/** Taking back is offered so long. */
const undoMs = 10_000;

/** Short messages in a corner. What lost work is never told here alone: it has its place in a view. */
export const useNotifications = defineStore('notifications', () => {
  const notices = shallowRef<readonly Notice[]>([]);
  let count = 0;

  function dismiss(id: number): void {
    notices.value = notices.value.filter((notice) => notice.id !== id);
  }

  function show(notice: Omit<Notice, 'id'>, ms: number | undefined = shownMs): number {
    const id = ++count;
    notices.value = [...notices.value.slice(-3), { ...notice, id }];
    if (ms !== undefined) setTimeout(() => dismiss(id), ms);
    return id;
  }

  return {
    notices,
    dismiss,
    show,
    done: (text: string) => show({ tone: 'good', text }),
    /** Stays until it is closed. */
    failed: (error: unknown, title?: string) => {
      const { message, tip } = failureOf(error);
      const detail = title === undefined ? tip : [message, tip].filter((part) => part !== undefined).join(' ');
      return show({ tone: 'bad', text: title ?? message, ...(detail === undefined ? {} : { detail }) }, undefined);
    },
    undoable: (text: string, undo: () => void) => show({ tone: 'info', text, action: { label: 'Undo', run: undo } }, undoMs),
  };
});
