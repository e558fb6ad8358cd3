/** Entry of the desktop app's main process: windows, menu, dialogs, grants. It opens no store, and computes nothing. */
import { app } from 'electron';
import { startApp } from './app.ts';
import { startOptions } from './options.ts';
import { registerScheme } from './protocol.ts';
import { guardPages } from './windows.ts';

const options = startOptions(process.argv, process.cwd());
app.setName('Paretoscope');
if (process.platform === 'win32') app.setAppUserModelId('org.paretoscope.app');
// Chromium's profile has a folder of its own beside the lab's.
app.setPath('userData', options.userData ?? `${app.getPath('appData')}/Paretoscope/chromium`);
// Where Chromium was told to do without its sandbox (as root), this would take the permission back and nothing would start.
if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox();
registerScheme();
guardPages();
if (app.requestSingleInstanceLock({ files: [...options.files] })) startApp(options, __dirname);
else app.quit();
