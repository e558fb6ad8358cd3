import { app, BrowserWindow, nativeTheme, screen, shell } from 'electron';
import { commandChannel, eventsChannel, openFilesChannel } from '../ipc/channels.ts';
import type { EventMessage } from '../ipc/event-message.ts';
import { host, isOwnFrame, scheme } from './handle.ts';
import { readWindowState, writeWindowState } from './window-state.ts';

/** Pages outside that a link may open, in the user's browser. */
const openedOutside: ReadonlySet<string> = new Set(['github.com', 'arxiv.org', 'doi.org', 'openaccess.thecvf.com']);
/** A page that crashes at once, again and again, is left alone. */
const mostReloads = 3;
const reloadWindowMs = 60_000;

export interface WindowsOptions {
  readonly preload: string;
  readonly stateFile: string;
  readonly log: (text: string) => void;
  /** A page has crashed too often to be loaded again. */
  readonly onGone: (window: BrowserWindow) => void;
}

/** The windows, each with one sandboxed page of ours. */
export class Windows {
  readonly #options: WindowsOptions;
  /** Pages that said that they take files, and files that wait for the first of them. */
  readonly #takers = new Set<number>();
  #waitingFiles: string[] = [];

  constructor(options: WindowsOptions) {
    this.#options = options;
  }

  open(route = '/'): BrowserWindow {
    const { isMaximized, ...bounds } = readWindowState(
      this.#options.stateFile,
      screen.getAllDisplays().map(({ workArea }) => workArea),
    );
    const window = new BrowserWindow({
      ...bounds,
      minWidth: 900,
      minHeight: 600,
      show: false,
      title: 'Paretoscope',
      backgroundColor: nativeTheme.shouldUseDarkColors ? '#16181d' : '#ffffff',
      webPreferences: {
        preload: this.#options.preload,
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        webSecurity: true,
        webviewTag: false,
        spellcheck: false,
      },
    });
    if (isMaximized) window.maximize();
    window.once('ready-to-show', () => window.show());
    window.on('close', () => writeWindowState(this.#options.stateFile, { ...window.getNormalBounds(), isMaximized: window.isMaximized() }));
    this.#revive(window);
    void window.loadURL(`${scheme}://${host}/#${route}`);
    return window;
  }

  get front(): BrowserWindow | undefined {
    return BrowserWindow.getFocusedWindow() ?? BrowserWindow.getAllWindows()[0];
  }

  /** Brings a window to the front; opens one when there is none. */
  show(): BrowserWindow {
    const window = this.front ?? this.open();
    if (window.isMinimized()) window.restore();
    window.show();
    window.focus();
    return window;
  }

  /** All of them, as after they were hidden together; the front one has the focus. */
  showAll(): void {
    for (const window of BrowserWindow.getAllWindows()) window.show();
    this.show();
  }

  sendEvents(message: EventMessage): void {
    for (const { webContents } of BrowserWindow.getAllWindows()) {
      if (!webContents.isCrashed()) webContents.send(eventsChannel, message);
    }
  }

  runCommand(id: string): void {
    this.front?.webContents.send(commandChannel, id);
  }

  /** Hands files to a page, as soon as one takes them. */
  openFiles(paths: readonly string[]): void {
    this.#waitingFiles.push(...paths);
    const taker = this.front?.webContents;
    if (this.#waitingFiles.length === 0 || taker === undefined || !this.#takers.has(taker.id)) return;
    taker.send(openFilesChannel, this.#waitingFiles);
    this.#waitingFiles = [];
  }

  /** The page of these contents takes files from now on. */
  takesFiles(contentsId: number): void {
    this.#takers.add(contentsId);
    this.openFiles([]);
  }

  /** A page that has crashed is loaded again, at the same address: jobs live in other processes. */
  #revive({ webContents }: BrowserWindow): void {
    const window = BrowserWindow.fromWebContents(webContents);
    let reloads: number[] = [];
    webContents.on('render-process-gone', (_event, { reason }) => {
      this.#takers.delete(webContents.id);
      this.#options.log(`a page ended: ${reason}`);
      if (reason === 'clean-exit') return;
      const now = Date.now();
      reloads = [...reloads.filter((at) => now - at < reloadWindowMs), now];
      if (reloads.length > mostReloads && window !== null) this.#options.onGone(window);
      else setTimeout(() => !webContents.isDestroyed() && webContents.reload(), 200);
    });
    // A page that is loaded anew says so again; moving within the page is none of this.
    webContents.on('did-navigate', () => this.#takers.delete(webContents.id));
  }
}

/** Holds for every page, whoever made it: it stays ours, opens no windows, gets no permissions, attaches no views. */
export function guardPages(): void {
  app.on('web-contents-created', (_event, contents) => {
    contents.on('will-navigate', (event) => event.preventDefault());
    contents.on('will-redirect', (event) => event.preventDefault());
    contents.on('will-attach-webview', (event) => event.preventDefault());
    contents.setWindowOpenHandler(({ url }) => {
      if (isOwnFrame(contents.mainFrame) && isOpenedOutside(url)) void shell.openExternal(url);
      return { action: 'deny' };
    });
    contents.session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
    contents.session.setPermissionCheckHandler(() => false);
    contents.session.setDevicePermissionHandler(() => false);
  });
}

/** https at a host of the list; by the parser. */
export function isOpenedOutside(address: string): boolean {
  try {
    const { protocol, hostname, username, password, port } = new URL(address);
    return protocol === 'https:' && openedOutside.has(hostname) && username === '' && password === '' && port === '';
  } catch {
    return false;
  }
}
