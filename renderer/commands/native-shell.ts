import { watch } from 'vue';
import { useEventListener } from '@vueuse/core';
import type { Router } from 'vue-router';
import type { ShellBridge } from '../../electron/ipc/shell.ts';
import { useAppearance } from '../stores/appearance.ts';
import { allCommands, isEnabled, runCommand } from './registry.ts';

/** A route instead of a command: a notification was clicked. */
const routePrefix = 'go:';

/** Joins the page to the window that it is in: the menu shows its commands and runs them, the theme is the window's, files are opened. */
export function joinShell(shell: ShellBridge, router: Router, open: (paths: readonly string[]) => void): void {
  watch(
    () => allCommands().map((command) => ({ ...shown(command), isEnabled: isEnabled(command) })),
    (commands, before) => {
      if (JSON.stringify(commands) !== JSON.stringify(before)) shell.setCommands(commands);
    },
    { immediate: true },
  );
  const appearance = useAppearance();
  watch(
    () => appearance.theme,
    (theme) => shell.setTheme(theme),
    { immediate: true },
  );
  shell.onCommand((id) => (id.startsWith(routePrefix) ? void router.push(id.slice(routePrefix.length)) : runCommand(id)));
  shell.onOpenFiles(open);
  useEventListener(window, 'dragover', (event) => event.preventDefault());
  useEventListener(window, 'drop', (event) => {
    event.preventDefault();
    const files = [...(event.dataTransfer?.files ?? [])];
    if (files.length > 0) void shell.dropped(files).then(open);
  });
}

function shown({ id, title, group, keys }: ReturnType<typeof allCommands>[number]) {
  return { id, title, group, ...(keys === undefined ? {} : { keys }) };
}
