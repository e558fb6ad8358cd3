import type { Router } from 'vue-router';
import { sections } from '../components/shell/sections.ts';
import { useAppearance } from '../stores/appearance.ts';
import { useSelection } from '../stores/selection.ts';
import { useUndo } from '../stores/undo.ts';
import type { Command } from './registry.ts';
import { useOverlays } from './overlays.ts';

/** What works in every view. */
export function appCommands(router: Router): readonly Command[] {
  const appearance = useAppearance();
  const undo = useUndo();
  const selection = useSelection();
  const overlays = useOverlays();
  return [
    ...sections.map(({ section, title, to }, index): Command => {
      const keys = section === 'settings' ? 'Mod+,' : index < 7 ? `Mod+${index + 1}` : undefined;
      return { id: `go-${section}`, title, group: 'Go to', ...(keys === undefined ? {} : { keys }), run: () => void router.push(to) };
    }),
    { id: 'palette', title: 'Search or command', group: 'General', keys: 'Mod+K', run: () => overlays.toggle('palette') },
    { id: 'shortcuts', title: 'Keyboard shortcuts', group: 'General', keys: '?', words: 'keys help', run: () => overlays.toggle('sheet') },
    { id: 'find', title: 'Find in this view', group: 'View', keys: 'Mod+F', run: focusFind },
    {
      id: 'undo',
      title: 'Undo',
      group: 'Edit',
      keys: 'Mod+Z',
      isEnabled: () => undo.nextUndo !== undefined,
      run: () => undo.undo(),
    },
    {
      id: 'redo',
      title: 'Redo',
      group: 'Edit',
      keys: 'Mod+Shift+Z',
      isEnabled: () => undo.nextRedo !== undefined,
      run: () => undo.redo(),
    },
    { id: 'new-search', title: 'New search', group: 'Experiment', keys: 'Mod+N', run: () => void router.push('/new-search') },
    {
      id: 'compare-tray',
      title: 'Compare the shortlist',
      group: 'View',
      isEnabled: () => selection.tray.length > 1,
      run: () => void router.push('/compare'),
    },
    { id: 'theme-light', title: 'Light theme', group: 'Appearance', run: () => void (appearance.theme = 'light') },
    { id: 'theme-dark', title: 'Dark theme', group: 'Appearance', run: () => void (appearance.theme = 'dark') },
    { id: 'theme-system', title: "The system's theme", group: 'Appearance', run: () => void (appearance.theme = 'system') },
  ];
}

function focusFind(): void {
  document.querySelector<HTMLInputElement>('main [data-find]')?.focus();
}
