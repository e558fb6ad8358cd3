// First module of a process that bin/lab.js starts: `follow.js ENTRY ARGS` becomes ENTRY with ARGS, and ends when its launcher is killed,
// so that `kill -9` of the launcher leaves nothing running that holds the home.
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

process.channel?.unref();
process.once('disconnect', () => process.kill(process.pid, 'SIGKILL'));
process.argv.splice(1, 1);
process.argv[1] = resolve(process.argv[1]);
await import(pathToFileURL(process.argv[1]).href);
