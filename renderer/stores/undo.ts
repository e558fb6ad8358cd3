import { defineStore } from 'pinia';
import { computed, shallowRef } from 'vue';
import { useNotifications } from './notifications.ts';

/** Something that was done and can be taken back: an annotation, a layout, an archive mark; never training. */
export interface UndoStep {
  /** 'Archived 3 experiments'. */
  readonly title: string;
  readonly undo: () => Promise<void> | void;
  readonly redo: () => Promise<void> | void;
}

const longest = 100;

export const useUndo = defineStore('undo', () => {
  const done = shallowRef<readonly UndoStep[]>([]);
  const undone = shallowRef<readonly UndoStep[]>([]);
  const notifications = useNotifications();

  /** Does it, and remembers how to take it back. Rejects as `redo` does, and then remembers nothing. */
  async function perform(step: UndoStep, options: { readonly tell?: boolean } = {}): Promise<void> {
    await step.redo();
    done.value = [...done.value.slice(-(longest - 1)), step];
    undone.value = [];
    if (options.tell === true) notifications.undoable(step.title, () => void undoStep(step));
  }

  async function undoStep(step: UndoStep | undefined): Promise<void> {
    if (step === undefined || !done.value.includes(step)) return;
    done.value = done.value.filter((entry) => entry !== step);
    try {
      await step.undo();
      undone.value = [...undone.value, step];
    } catch (error) {
      notifications.failed(error, `Not taken back: ${step.title}`);
    }
  }

  async function redo(): Promise<void> {
    const step = undone.value.at(-1);
    if (step === undefined) return;
    undone.value = undone.value.slice(0, -1);
    try {
      await step.redo();
      done.value = [...done.value, step];
    } catch (error) {
      notifications.failed(error, `Not done again: ${step.title}`);
    }
  }

  return {
    perform,
    undo: () => undoStep(done.value.at(-1)),
    redo,
    nextUndo: computed(() => done.value.at(-1)?.title),
    nextRedo: computed(() => undone.value.at(-1)?.title),
  };
});
