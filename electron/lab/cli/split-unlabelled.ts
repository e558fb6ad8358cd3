import { CliError } from './failure.ts';

/** A score over no pixel at all would be a table of dashes. `command` and what was looked at go into the message. */
export function splitUnlabelled(command: string, looked: string): CliError {
  return new CliError('split-unlabelled', `${command}: ${looked} has no pixel with a class that is scored.`, {
    tip: 'Labels of the test split are withheld; score val, or hand predictions in to the server of the data set.',
  });
}
