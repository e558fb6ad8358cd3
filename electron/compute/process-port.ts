import type { Port } from './protocol.ts';

/** The port of a process that was started with `child_process.fork`; the messages use the structured clone of V8. */
export function processPort<Out, In>(): Port<Out, In> {
  return {
    send: (message: Out) =>
      new Promise((resolve, reject) => {
        if (process.send === undefined || !process.connected) {
          reject(new Error('the process that started this work is gone'));
          return;
        }
        process.send(message, undefined, undefined, (error) => {
          if (error === null) resolve();
          else reject(error);
        });
      }),
    onMessage: (listener) => {
      process.on('message', (message) => {
        listener(message as In);
      });
    },
    onClose: (listener) => {
      process.once('disconnect', listener);
    },
  };
}
