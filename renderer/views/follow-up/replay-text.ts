import type { ReplayReport } from '../../../electron/ipc/follow-up.ts';
import { counted } from '../../format/quantity.ts';

const differences: Readonly<Record<string, string>> = {
  architecture: 'its architecture is another one',
  metrics: 'its scores are others',
  missing: 'it did not come',
  extra: 'there was none before',
};

/** The result of a repetition in one line. */
export function replayText({ isEqual, compared, firstDifference }: ReplayReport): string {
  if (isEqual || firstDifference === undefined) return `Equal: ${counted(compared, 'trial')} came out again`;
  const { trial, what } = firstDifference;
  return `Differs from t${trial} on: ${differences[what] ?? what}; ${counted(compared, 'trial')} before it came out again`;
}
