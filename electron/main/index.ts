/** Entry of the desktop app's main process: windows, menu, dialogs, grants. It opens no store, and computes nothing. */
import { app } from 'electron';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startApp } from './app.ts';
import { startOptions, takesTestLab } from './options.ts';
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
const appPath = app.getAppPath();
// A product is loaded from its archive only (a fuse); a folder is a checkout, whatever the program is called that runs it.
const isProduct = appPath.endsWith('.asar');
if (options.testLabNode !== undefined && !takesTestLab(isProduct, readFileSync(join(appPath, 'package.json'), 'utf8'))) {
  process.stderr.write('--test-lab-node is for packages that were made for tests; this is none.\n');
  app.exit(2);
} else if (app.requestSingleInstanceLock({ files: [...options.files] })) startApp(options, __dirname);
else app.quit();
