/** A hash of everything that training has changed. */
import { createHash } from 'node:crypto';
import { engine } from '@tensorflow/tfjs';

/** Of the values of every variable that exists, in the order in which they were made: weights, statistics, averages and slots. */
export async function hashOfVariables(): Promise<string> {
  const hash = createHash('sha256');
  for (const variable of Object.values(engine().state.registeredVariables).toSorted((a, b) => a.id - b.id)) {
    const { buffer, byteOffset, byteLength } = await variable.data();
    hash.update(new Uint8Array(buffer, byteOffset, byteLength));
  }
  return hash.digest('hex').slice(0, 12);
}
