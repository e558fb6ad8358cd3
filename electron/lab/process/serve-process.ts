import { failureOf, doCall } from '../../ipc/handle-call.ts';
import { openLab } from '../lab.ts';
import type { LabOptions, OpenedLab } from '../lab.ts';
import { EventBatch } from '../serve/event-batch.ts';
import { exportsFolderOf, workspaceOf } from '../workspace.ts';
import { BrokeredLaunch } from './brokered-launch.ts';
import type { MainPort, ToLab } from './protocol.ts';

/** Serves one main process of the desktop until it says 'close' or is gone. `change` is for tests. */
export async function serveProcess(main: MainPort, change: Partial<LabOptions> = {}): Promise<void> {
  const broker = new BrokeredLaunch(main);
  let lab: OpenedLab | undefined;
  await new Promise<void>((end) => {
    main.onClose(end);
    main.onMessage((message, ports) => {
      if (message.type === 'close') end();
      else if (message.type === 'open') lab ??= open(main, broker, message, change);
      else if (message.type === 'call' && lab !== undefined) {
        void doCall(lab.api, message.call).then((answer) => main.send({ type: 'answer', id: message.id, answer }));
      } else if (message.type === 'media' && lab !== undefined) void sendPicture(main, lab, message);
      else if ('child' in message) broker.receive(message, ports);
    });
  });
  try {
    await lab?.close();
    main.send({ type: 'closed' });
  } catch (error) {
    main.send({ type: 'closed', failure: failureOf(error).message });
  }
}

function open(main: MainPort, broker: BrokeredLaunch, message: Extract<ToLab, { type: 'open' }>, change: Partial<LabOptions>): OpenedLab {
  const { home, brokered } = message;
  const launch = brokered ? { launchCompute: broker.launcher('compute'), launchTask: broker.launcher('tasks') } : {};
  const lab = openLab({ command: 'the app', runsQueue: true, ...(home === undefined ? {} : { home }), ...launch, ...change } as LabOptions);
  const batch = new EventBatch({ canTake: () => true, send: (events) => main.send({ type: 'events', message: events }) });
  lab.api.onEvent((event) => batch.add(event));
  main.send({ type: 'opened', home: lab.home, workspace: workspaceOf(lab.home), exportsFolder: exportsFolderOf(lab.home) });
  return lab;
}

async function sendPicture(main: MainPort, lab: OpenedLab, { id, request }: Extract<ToLab, { type: 'media' }>): Promise<void> {
  try {
    const { type, body } = await lab.serveMedia(request);
    main.send({ type: 'picture', id, mime: type, body });
  } catch (error) {
    main.send({ type: 'answer', id, answer: { failure: failureOf(error) } });
  }
}
