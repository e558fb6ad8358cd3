import { app, BrowserWindow, crashReporter, dialog, Menu, nativeImage, shell, Tray } from 'electron';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { PathGrants } from '../ipc/grants.ts';
import { ComputeBroker } from './compute-broker.ts';
import { windowPlaces } from './dialogs.ts';
import { bindLab } from './lab-calls.ts';
import { nodeLab, utilityLab } from './lab-child.ts';
import type { LabChild } from './lab-child.ts';
import { LabLink } from './lab-link.ts';
import { openLogs } from './logs.ts';
import { showMenu } from './menu.ts';
import type { MenuActions } from './menu.ts';
import { isOpenedKind, openedFiles } from './options.ts';
import type { StartOptions } from './options.ts';
import { Presence } from './presence.ts';
import { handleScheme } from './protocol.ts';
import { askQuit } from './quit.ts';
import { bindShell } from './shell-calls.ts';
import { Windows } from './windows.ts';

/** Where the product's files lie. */
interface Files {
  readonly preload: string;
  readonly interface: string;
  readonly lab: string;
  readonly compute: string;
  readonly tasks: string;
  readonly icon: string;
}

/** out/electron, beside out/main and out/renderer. Processes of their own start from real files: a package keeps out/main beside its archive. */
function filesAround(folder: string): Files {
  const main = join(folder, '../main').replace(/\.asar([/\\])/, '.asar.unpacked$1');
  return {
    preload: join(folder, 'preload.cjs'),
    interface: join(folder, '../renderer'),
    lab: join(main, 'lab.js'),
    compute: join(main, 'compute.js'),
    tasks: join(main, 'tasks.js'),
    icon: join(folder, 'icon.png'),
  };
}

/** Everything after the single-instance lock was taken; `folder` is that of the bundle. */
export function startApp(options: StartOptions, folder: string): void {
  const desktop = new Desktop(options, filesAround(folder));
  // Listened to at once: macOS hands files over before the app is ready.
  app.on('open-file', (event, path) => {
    event.preventDefault();
    desktop.openFiles([path]);
  });
  app.on('second-instance', (_event, argv, cwd) => {
    desktop.openFiles(openedFiles(argv, cwd));
    desktop.show();
  });
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin' && !desktop.isInTray) app.quit();
  });
  app.on('activate', () => desktop.show());
  app.on('before-quit', (event) => desktop.beforeQuit(event));
  void app.whenReady().then(() => desktop.start());
}

class Desktop {
  readonly windows: Windows;
  readonly #options: StartOptions;
  readonly #files: Files;
  readonly #log: ReturnType<typeof openLogs>;
  readonly #grants = new PathGrants();
  readonly #logsFolder: string;
  #link: LabLink | undefined;
  #presence: Presence | undefined;
  #tray: Tray | undefined;
  #isQuitting: 'no' | 'asking' | 'closing' | 'closed' = 'no';
  readonly #brokers = new Map<LabChild, ComputeBroker>();

  constructor(options: StartOptions, files: Files) {
    this.#options = options;
    this.#files = files;
    app.setAppLogsPath(options.userData === undefined ? undefined : join(options.userData, 'logs'));
    this.#logsFolder = app.getPath('logs');
    this.#log = openLogs(this.#logsFolder, options.logLevel);
    this.windows = new Windows({
      preload: files.preload,
      stateFile: join(app.getPath('userData'), 'window.json'),
      log: (text) => this.#log('warn', text),
      onGone: (window) => void this.#pageGone(window),
    });
  }

  get isInTray(): boolean {
    return this.#tray !== undefined;
  }

  start(): void {
    crashReporter.start({ uploadToServer: false });
    this.#log('info', `started: ${app.getVersion()}, Electron ${process.versions.electron}`);
    const link = this.#openLab();
    const places = windowPlaces(this.#grants, async () => (await link.opened).exportsFolder);
    void link.opened.then(({ home, workspace, exportsFolder }) => {
      mkdirSync(exportsFolder, { recursive: true });
      for (const root of [home, workspace]) this.#grants.add(root);
      this.#grants.protect(home, [workspace]);
    }, ignored);
    bindLab(link, this.#grants, places);
    const showLogs = (): void => void shell.openPath(this.#logsFolder);
    const actions: MenuActions = {
      run: (id) => this.windows.runCommand(id),
      openFiles: () => void this.#chooseFiles(),
      newWindow: () => void this.windows.open(),
      showLogs,
    };
    const facts = { appName: app.name, isMac: process.platform === 'darwin', isDevelopment: !app.isPackaged };
    showMenu([], actions, facts);
    bindShell({
      windows: this.windows,
      grants: this.#grants,
      setCommands: (commands) => showMenu(commands, actions, facts),
      showLogs,
    });
    handleScheme(this.#files.interface, (request) => link.media(request));
    this.#presence = new Presence({
      windows: () => BrowserWindow.getAllWindows(),
      show: (route) => this.#show(route),
      experiments: () => link.ask('experiments'),
      jobs: () => link.ask('jobs'),
      settings: () => link.ask('settings'),
    });
    void this.#presence.refresh();
    this.openFiles(this.#options.files);
    this.windows.open();
  }

  /** Brings the app to the front, back from the tray too. Before it has started this waits: the start opens a window. */
  show(): void {
    if (this.#link === undefined) return;
    if (this.#tray === undefined) {
      this.windows.show();
      return;
    }
    this.#tray.destroy();
    this.#tray = undefined;
    this.windows.showAll();
  }

  /** Grants them, remembers them, and hands them to a page. */
  openFiles(paths: readonly string[]): void {
    const ours = paths.filter(isOpenedKind);
    for (const path of ours) {
      this.#grants.add(path);
      app.addRecentDocument(path);
    }
    this.windows.openFiles(ours);
  }

  /** Ends only after what runs was paused and the home was given back. */
  beforeQuit(event: Electron.Event): void {
    if (this.#isQuitting === 'closed' || this.#link === undefined) return;
    event.preventDefault();
    if (this.#isQuitting === 'no') void this.#quit(this.#link);
  }

  async #quit(link: LabLink): Promise<void> {
    this.#isQuitting = 'asking';
    const experiments = await Promise.race([link.ask('experiments').catch(() => []), timeout(2_000, [])]);
    const running = experiments.filter(({ state, runnerPid }) => state === 'running' && runnerPid !== undefined);
    const names = running.map(({ name }) => name);
    const choice = names.length === 0 ? 'pause' : await askQuit(this.windows.front, names);
    if (choice === 'pause') {
      this.#isQuitting = 'closing';
      for (const window of BrowserWindow.getAllWindows()) window.hide();
      await link.close();
      for (const broker of this.#brokers.values()) broker.killAll();
      this.#isQuitting = 'closed';
      app.quit();
      return;
    }
    this.#isQuitting = 'no';
    if (choice === 'tray') this.#toTray();
  }

  #openLab(): LabLink {
    const { testLabNode, home } = this.#options;
    const link = new LabLink({
      launch: testLabNode === undefined ? utilityLab(this.#files.lab) : nodeLab(this.#files.lab, testLabNode),
      home,
      onEvents: (message) => {
        this.windows.sendEvents(message);
        if (message.resync === true) void this.#presence?.refresh();
        this.#presence?.receive(message.events);
      },
      onChild: (lab, message) => {
        const broker = this.#brokers.get(lab) ?? new ComputeBroker(this.#files, lab);
        this.#brokers.set(lab, broker);
        if (message.type === 'launch') broker.launch(message);
        else broker.kill(message.child);
      },
      onDied: (code, isFinal) => {
        for (const broker of this.#brokers.values()) broker.killAll();
        this.#brokers.clear();
        this.#log('error', `the lab's process ended with code ${code}`);
        if (isFinal)
          dialog.showErrorBox(
            'Paretoscope',
            `The lab's process ended again and again (code ${code}). Help → Show Logs has its last words.`,
          );
      },
      log: (text) => this.#log('warn', text),
    });
    this.#link = link;
    return link;
  }

  async #chooseFiles(): Promise<void> {
    const { filePaths } = await dialog.showOpenDialog({
      title: 'Open',
      properties: ['openFile', 'multiSelections'],
      filters: [{ name: 'Experiments and architectures', extensions: ['naslab', 'json'] }],
    });
    this.openFiles(filePaths);
  }

  #show(route: string): void {
    const window = this.windows.front;
    if (window === undefined) this.windows.open(route);
    else {
      this.show();
      this.windows.runCommand(`go:${route}`);
    }
  }

  #toTray(): void {
    for (const window of BrowserWindow.getAllWindows()) window.hide();
    if (this.#tray !== undefined) return;
    this.#tray = new Tray(nativeImage.createFromPath(this.#files.icon).resize({ width: 22, height: 22 }));
    const back = (): void => this.show();
    this.#tray.setToolTip('Paretoscope: searches are running');
    this.#tray.setContextMenu(
      Menu.buildFromTemplate([
        { label: 'Show Paretoscope', click: back },
        { label: 'Quit', click: () => app.quit() },
      ]),
    );
    this.#tray.on('click', back);
  }

  async #pageGone(window: BrowserWindow): Promise<void> {
    const { response } = await dialog.showMessageBox({
      type: 'error',
      message: 'The page ended several times in a row.',
      detail: 'Searches go on: they run in processes of their own.',
      buttons: ['Load It Again', 'Close the Window'],
    });
    if (response === 0) window.webContents.reload();
    else window.destroy();
  }
}

/** Of a lab that never opened; its end was told. */
function ignored(): void {}

function timeout<T>(ms: number, value: T): Promise<T> {
  return new Promise((resolve) => void setTimeout(() => resolve(value), ms));
}
