import { defineAsyncComponent } from 'vue';
import type { Component } from 'vue';
import type { FamilyKind } from '../../../electron/ipc/dynamics.ts';

/**
 * The view of each family of strategies: a component with the props `data` (its payload of electron/ipc/dynamics.ts), `experiment` (the id) and
 * `metric`. A further system adds its line.
 */
export const familyViews: Readonly<Record<FamilyKind, Component>> = {
  shrink: defineAsyncComponent(() => import('./ShrinkView.vue')),
  cells: defineAsyncComponent(() => import('./CellsView.vue')),
  choices: defineAsyncComponent(() => import('./ChoicesView.vue')),
};
