import { cancellable } from './cancellable.ts';
import { Progress } from './progress.ts';
import type { Session } from './session.ts';

/** Works on one picture after the other, with progress; Ctrl-C ends it after the running one and keeps what was written. */
export async function eachPicture<T>(session: Session, pictures: readonly T[], work: (picture: T) => Promise<void>): Promise<void> {
  const progress = new Progress(session.output, 'pictures');
  let done = 0;
  try {
    await cancellable(session, 'Cut off; the files written so far are whole and stay.', async (signal) => {
      for (const picture of pictures) {
        signal.throwIfAborted();
        await work(picture);
        progress.update(++done, pictures.length);
      }
    });
  } finally {
    progress.end();
  }
}
