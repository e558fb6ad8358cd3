interface Phase {
  readonly name: string;
  readonly steps: number;
}

/** 'warm-up 20, trial 0 to 11 with 100 each': phases in a row that differ in their number alone are one. */
export function phasesText(phases: readonly Phase[]): string {
  const groups: { readonly kind: string; readonly first: Phase; last: Phase }[] = [];
  for (const phase of phases) {
    const kind = phase.name.replace(/(?<= )\d+$/, '');
    const group = groups.at(-1);
    if (group?.kind === kind && kind !== phase.name && group.first.steps === phase.steps) group.last = phase;
    else groups.push({ kind, first: phase, last: phase });
  }
  return groups
    .map(({ kind, first, last }) =>
      first === last ? `${first.name} ${first.steps}` : `${first.name} to ${last.name.slice(kind.length)} with ${first.steps} each`,
    )
    .join(', ');
}
