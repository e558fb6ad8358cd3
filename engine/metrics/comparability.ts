/** What a number depends on beside the architecture, in words that can be shown: data version, split, input, budget, scope, ... */
export interface ComparedSource {
  readonly label: string;
  readonly facts: Readonly<Record<string, readonly string[]>>;
}

export interface ComparabilityFinding {
  /** Name of the fact: 'input', 'split'. */
  readonly fact: string;
  readonly values: readonly { readonly value: string; readonly sources: readonly string[] }[];
  /** 'not comparable: input 512x1024 against 1024x2048'. */
  readonly message: string;
}

/** Facts in which sources differ, each with its values; a source that says nothing about a fact does not differ in it. */
export function comparabilityFindings(sources: readonly ComparedSource[]): readonly ComparabilityFinding[] {
  const names = [...new Set(sources.flatMap(({ facts }) => Object.keys(facts)))];
  return names.flatMap((fact) => {
    const values = [...new Set(sources.flatMap(({ facts }) => facts[fact] ?? []))];
    if (values.length < 2) return [];
    return [
      {
        fact,
        values: values.map((value) => ({
          value,
          sources: sources.filter(({ facts }) => facts[fact]?.includes(value) === true).map(({ label }) => label),
        })),
        message: `not comparable: ${fact} ${values.join(' against ')}`,
      },
    ];
  });
}
