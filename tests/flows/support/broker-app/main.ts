/** A main process that has nothing but the lab's process and the broker; prints what the lab reports and ends. */
import { app } from 'electron';
import { join } from 'node:path';
import { ComputeBroker } from '../../../../electron/main/compute-broker.ts';
import { utilityLab } from '../../../../electron/main/lab-child.ts';

void app.whenReady().then(() => {
  const lab = utilityLab(join(__dirname, 'lab.cjs'))();
  const entry = join(__dirname, 'compute.cjs');
  const broker = new ComputeBroker({ compute: entry, tasks: entry }, lab);
  lab.onErrorOutput((text) => void process.stderr.write(text));
  lab.onMessage((message) => {
    if (message.type === 'launch') broker.launch(message);
    else if (message.type === 'kill') broker.kill(message.child);
    else if (message.type === 'events') process.stdout.write(`REPORT ${JSON.stringify(message)}\n`);
    else if (message.type === 'closed') lab.kill();
  });
  // Its children end with it: the channel is closed.
  lab.onExit(() => setTimeout(() => app.exit(0), 1_500));
  lab.send({ type: 'open', brokered: true });
});
