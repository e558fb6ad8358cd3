import { useEventListener } from '@vueuse/core';
import { isTyping, matches } from './keys.ts';
import { allCommands, isEnabled } from './registry.ts';

/** Runs the command whose keys were pressed; the last registered wins, so a view can take a key over. */
export function useShortcuts(): void {
  useEventListener(window, 'keydown', (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    // What was closed stays in the page, hidden by what is around it. Escape closes an open menu and nothing else.
    const layers = event.key === 'Escape' ? '[aria-modal="true"], [role="menu"]' : '[aria-modal="true"]';
    const isCovered = [...document.querySelectorAll(layers)].some((layer) => layer.checkVisibility());
    for (const command of allCommands().toReversed()) {
      if (command.keys === undefined || !matches(command.keys, event) || !isEnabled(command)) continue;
      if (!command.keys.includes('Mod') && (isTyping(event.target) || isCovered)) continue;
      // A focused button or link takes Space itself.
      if (event.key === ' ' && event.target instanceof HTMLElement && event.target.closest('button, a, [role="tab"]') !== null) continue;
      event.preventDefault();
      void command.run();
      return;
    }
  });
}
