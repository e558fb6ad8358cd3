interface ScalarTitle {
  readonly title: string;
  /** '' for numbers without one. */
  readonly unit: string;
}

const known: Readonly<Record<string, ScalarTitle>> = {
  loss: { title: 'Loss', unit: '' },
  learningRate: { title: 'Learning rate', unit: '' },
  lambda: { title: 'Weight of the penalty (λ)', unit: '' },
  stepMs: { title: 'Time of a step', unit: 'ms' },
  waitMs: { title: 'Waiting for data', unit: 'ms' },
};

/** What the name of a value of a search means; unknown ones stand for themselves, with the unit that their name ends in. */
export function scalarTitle(name: string): ScalarTitle {
  return known[name] ?? { title: name, unit: name.endsWith('Ms') ? 'ms' : name.endsWith('Bytes') ? 'bytes' : '' };
}
