import { onBeforeUnmount, shallowReactive } from 'vue';

/** Something that a user can do, by palette, menu or keys. One registry feeds them all. */
export interface Command {
  /** Stable kebab-case: 'go-home'. */
  readonly id: string;
  readonly title: string;
  /** Heading in palette and sheet: 'Go to', 'View', 'Experiment'. */
  readonly group: string;
  /** 'Mod+K', 'Shift+Escape', 'C', '?'; Mod is Ctrl, on macOS Cmd. Single keys act only outside of inputs. */
  readonly keys?: string;
  /** A function, so that it follows the view. Absent: always. */
  readonly isEnabled?: () => boolean;
  readonly run: () => void | Promise<void>;
  /** Other words under which it is found. */
  readonly words?: string;
}

const commands = shallowReactive(new Map<string, Command>());

/** In the order in which they were registered. */
export function allCommands(): readonly Command[] {
  return [...commands.values()];
}

export function isEnabled(command: Command): boolean {
  return command.isEnabled?.() ?? true;
}

/** Adds commands; the same id again replaces. Returns a function that takes them away. */
export function registerCommands(added: readonly Command[]): () => void {
  for (const command of added) commands.set(command.id, command);
  return () => {
    for (const command of added) if (commands.get(command.id) === command) commands.delete(command.id);
  };
}

/** Commands of a view: there while it is shown. */
export function useCommands(added: readonly Command[]): void {
  onBeforeUnmount(registerCommands(added));
}

/** By id; does nothing when there is none or it is not enabled. */
export function runCommand(id: string): void {
  const command = commands.get(id);
  if (command !== undefined && isEnabled(command)) void command.run();
}
