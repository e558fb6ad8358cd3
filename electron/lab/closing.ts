import { StoreError } from '../../db/store.ts';

/** What is asked of a lab after it was told to close; nothing of it is done. */
export function labClosing(): StoreError {
  return new StoreError('closing', 'The lab is closing: nothing begins any more.', { tip: 'Ask again when it is open.' });
}
