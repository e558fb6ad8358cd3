import { StoreError } from './store.ts';

/** For commands in tips: a name of several words is one word of a POSIX shell in quotes. */
const quoted = (name: string): string => (/^[\p{L}\p{N}._-]+$/u.test(name) ? name : `'${name.replaceAll("'", "'\\''")}'`);

export function unknownExperiment(id: string): StoreError {
  return new StoreError('unknown-experiment', `There is no experiment '${id}'.`, { tip: 'List the experiments with: lab ls' });
}

export function unknownTrial(experiment: string, number: number): StoreError {
  return new StoreError('unknown-trial', `Experiment ${experiment} has no trial ${number}.`, {
    tip: `List its trials with: lab trials ${experiment}`,
  });
}

export function unknownDataset(name: string): StoreError {
  return new StoreError('unknown-dataset', `There is no data set named '${name}'.`, {
    tip: 'List the registered data sets with: lab data ls; register a folder with: lab data add DIR',
  });
}

export function finishedTrial(experiment: string, number: number, state: string): StoreError {
  return new StoreError('finished', `Trial ${number} of experiment ${experiment} is ${state}; a finished trial never changes.`);
}

export function datasetExists(name: string): StoreError {
  return new StoreError('dataset-exists', `A data set named '${name}' is registered already.`, {
    tip: `Choose another name with --name, or forget the old one first: lab data remove ${quoted(name)}`,
  });
}

export function unknownEvaluation(id: string): StoreError {
  return new StoreError('unknown-evaluation', `There is no evaluation '${id}'.`, { tip: 'List the evaluations with: lab evaluations' });
}

export function evaluationExists(id: string): StoreError {
  return new StoreError('evaluation-exists', `There is an evaluation '${id}' already.`);
}

export function unknownPlan(id: string): StoreError {
  return new StoreError('unknown-plan', `There is no draft and no waiting search '${id}'.`, { tip: 'It may have begun or been removed.' });
}

export function experimentExists(id: string): StoreError {
  return new StoreError('experiment-exists', `There is an experiment '${id}' already.`);
}

export function readOnlyStore(reason: string): StoreError {
  return new StoreError('read-only', `The lab's database is open for reading only: ${reason}.`);
}
