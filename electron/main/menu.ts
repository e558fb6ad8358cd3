import { Menu } from 'electron';
import type { MenuItemConstructorOptions } from 'electron';
import type { MenuCommand } from '../ipc/shell.ts';

export interface MenuActions {
  /** A command of the page in front. */
  run(id: string): void;
  openFiles(): void;
  newWindow(): void;
  showLogs(): void;
}

export interface MenuFacts {
  readonly appName: string;
  readonly isMac: boolean;
  /** Developer tools and reloading: never in the product. */
  readonly isDevelopment: boolean;
}

/** Heading of the page's palette -> menu. What has another heading stands in View. */
const menuOf: Readonly<Record<string, MenuName>> = {
  Experiment: 'File',
  Export: 'File',
  'Go to': 'Go',
  General: 'Help',
};
type MenuName = 'File' | 'View' | 'Go' | 'Help';

/** The system brings these, in every text field. */
const editRoles: ReadonlySet<string> = new Set(['undo', 'redo']);

/** The menu for the commands of the page in front: one registry feeds menu, palette and shortcuts. */
export function menuTemplate(commands: readonly MenuCommand[], actions: MenuActions, facts: MenuFacts): MenuItemConstructorOptions[] {
  const items = (menu: MenuName): MenuItemConstructorOptions[] =>
    commands
      .filter(({ id, group }) => !editRoles.has(id) && (group === 'Edit' ? false : (menuOf[group] ?? 'View') === menu))
      .map((command) => itemOf(command, actions));
  const separator: MenuItemConstructorOptions = { type: 'separator' };
  const help = items('Help');
  return [
    ...(facts.isMac ? [{ role: 'appMenu' as const }] : []),
    {
      label: '&File',
      submenu: [
        { label: 'New Window', accelerator: 'CmdOrCtrl+Shift+N', click: () => actions.newWindow() },
        { label: 'Open…', accelerator: 'CmdOrCtrl+O', click: () => actions.openFiles() },
        ...before(separator, items('File')),
        separator,
        facts.isMac ? { role: 'close' } : { role: 'quit' },
      ],
    },
    { label: '&Edit', submenu: editItems(commands, actions) },
    {
      label: '&View',
      submenu: [
        ...items('View'),
        separator,
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { role: 'togglefullscreen' },
        ...(facts.isDevelopment ? [separator, { role: 'reload' as const }, { role: 'toggleDevTools' as const }] : []),
      ],
    },
    ...(items('Go').length > 0 ? [{ label: '&Go', submenu: items('Go') }] : []),
    { role: 'windowMenu' },
    { role: 'help', submenu: [...help, ...before(separator, [{ label: 'Show Logs', click: () => actions.showLogs() }], help.length > 0)] },
  ];
}

/** Undo and redo of the page: what was done to records. Fields keep the system's own, by the same keys. */
function editItems(commands: readonly MenuCommand[], actions: MenuActions): MenuItemConstructorOptions[] {
  const own = commands.filter(({ group }) => group === 'Edit').map((command) => itemOf(command, actions));
  const roles = ['cut', 'copy', 'paste', 'selectAll'] as const;
  return [...own, ...(own.length > 0 ? [{ type: 'separator' as const }] : []), ...roles.map((role) => ({ role }))];
}

function itemOf({ id, title, keys, isEnabled }: MenuCommand, actions: MenuActions): MenuItemConstructorOptions {
  const accelerator = keys === undefined ? undefined : acceleratorOf(keys);
  return {
    id,
    label: title.replaceAll('&', '&&'),
    enabled: isEnabled,
    click: () => actions.run(id),
    // Shown only: the page acts on its keys itself, since single keys mean nothing while somebody types.
    ...(accelerator === undefined ? {} : { accelerator, registerAccelerator: false }),
  };
}

/** 'Mod+Shift+Z' -> 'CmdOrCtrl+Shift+Z'; undefined for keys that no menu can show. */
export function acceleratorOf(keys: string): string | undefined {
  const names: Readonly<Record<string, string>> = { Mod: 'CmdOrCtrl', Escape: 'Esc' };
  const parts = keys.split('+').map((part) => names[part] ?? part);
  return parts.every((part) => /^[\x21-\x7e]+$/.test(part)) ? parts.join('+') : undefined;
}

function before(separator: MenuItemConstructorOptions, items: MenuItemConstructorOptions[], isWanted = true): MenuItemConstructorOptions[] {
  return items.length === 0 ? [] : [...(isWanted ? [separator] : []), ...items];
}

export function showMenu(commands: readonly MenuCommand[], actions: MenuActions, facts: MenuFacts): void {
  Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(commands, actions, facts)));
}
