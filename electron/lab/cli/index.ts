/** Entry of the command line: the process' arguments, streams and exit code. */
import { main } from './main.ts';
import { openLab } from './open-lab.ts';

const exit = await main(process.argv.slice(2), { out: process.stdout, err: process.stderr }, openLab);
// Whatever a command has left open (threads of a backend, sockets) does not keep the process; what was written is flushed first.
process.stdout.write('', () => process.exit(exit));
