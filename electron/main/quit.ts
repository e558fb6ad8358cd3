import { dialog } from 'electron';
import type { BrowserWindow } from 'electron';

export type QuitChoice = 'pause' | 'tray' | 'cancel';

/** Asks what becomes of running searches. `names` is not empty. */
export async function askQuit(window: BrowserWindow | undefined, names: readonly string[]): Promise<QuitChoice> {
  const choices: readonly QuitChoice[] = ['pause', 'tray', 'cancel'];
  const options = {
    type: 'question' as const,
    message: names.length === 1 ? `${names[0] ?? ''} is running.` : `${names.length} searches are running.`,
    detail: `${names.length > 1 ? `${names.join(', ')}.\n\n` : ''}Pausing finishes the step and writes a checkpoint: resuming goes on exactly there.`,
    buttons: ['Pause and Quit', 'Keep Running in the Tray', 'Cancel'],
    defaultId: 0,
    cancelId: 2,
    noLink: true,
  };
  const { response } = await (window === undefined ? dialog.showMessageBox(options) : dialog.showMessageBox(window, options));
  return choices[response] ?? 'cancel';
}
