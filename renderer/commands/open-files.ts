import type { Router } from 'vue-router';
import { useExperimentActions } from '../stores/experiment-actions.ts';
import { useNotifications } from '../stores/notifications.ts';
import { usePlaces } from '../stores/places.ts';

/** Takes files that were opened with the app or dropped on it: experiments are imported, architectures drawn, anything else is named. */
export async function openFiles(paths: readonly string[], router: Router): Promise<void> {
  const notifications = useNotifications();
  for (const path of paths) {
    const name = path.split(/[/\\]/).at(-1) ?? path;
    try {
      if (name.endsWith('.naslab')) {
        const { id, name: title } = await useExperimentActions().importFrom(path);
        notifications.done(`${title} was imported`);
        await router.push(`/experiments/${id}`);
      } else if (name.endsWith('.nasarch.json')) {
        const arch = await usePlaces().readArchitecture(path);
        await router.push({ path: '/architecture', query: { ref: JSON.stringify(arch) } });
      } else {
        notifications.show({
          tone: 'info',
          text: `${name} is no file of the lab`,
          detail: 'Experiments end in .naslab, architectures in .nasarch.json.',
        });
      }
    } catch (error) {
      notifications.failed(error, `Opening ${name}`);
    }
  }
}
