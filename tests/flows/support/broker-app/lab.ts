/** In the place of the lab's process: starts processes through the main process, talks to them, kills one, leaves one behind. */
import { BrokeredLaunch } from '../../../../electron/lab/process/brokered-launch.ts';
import { mainPort } from '../../../../electron/lab/process/main-port.ts';

const main = mainPort();
const broker = new BrokeredLaunch(main);

async function talk(): Promise<unknown> {
  const launch = broker.launcher<unknown, { readonly doubled?: Float64Array; readonly env?: string }>('compute');
  const first = await launch();
  const ended = new Promise((end) => first.onExit(end));
  const answer = new Promise<{ doubled?: Float64Array; env?: string }>((done) => first.onMessage(done));
  await first.send({ numbers: new Float64Array([1, 2.5]) });
  const { doubled, env } = await answer;
  const second = await launch();
  const killed = new Promise<{ code: number | null }>((end) => second.onExit(end));
  second.kill();
  const third = await launch();
  await third.send({ waits: true });
  return {
    doubled: [...(doubled ?? [])],
    env,
    ended: await ended,
    isKilled: (await killed).code !== 0,
    pids: new Set([first.pid, second.pid, third.pid, process.pid]).size,
    left: third.pid,
  };
}

main.onMessage((message, ports) => {
  if ('child' in message) broker.receive(message, ports);
  else if (message.type === 'open') {
    void talk()
      .catch((error: unknown) => ({ error: String(error) }))
      .then((report) => {
        main.send({ type: 'events', message: report as never });
        setTimeout(() => main.send({ type: 'closed' }), 200);
      });
  }
});
