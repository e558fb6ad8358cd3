/** Entry of the process that holds the lab of the desktop: a utility process of Electron, or a plain Node. */
import { usePlainNode } from '../../compute/plain-node.ts';
import { parentPortOf } from '../../compute/utility-port.ts';
import { catchLoose, writeToErrors } from '../last-resort.ts';
import { mainPort } from './main-port.ts';
import { serveProcess } from './serve-process.ts';

// Ctrl-C in a terminal reaches this process too, but ending is the main process' decision.
process.on('SIGINT', () => undefined);
catchLoose(writeToErrors, () => process.exit(1));
if (parentPortOf() !== undefined) usePlainNode();
await serveProcess(mainPort());
// The last message is on its way; whatever is left open does not keep the process.
setTimeout(() => process.exit(0), 50);
