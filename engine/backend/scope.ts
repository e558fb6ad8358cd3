/** Where in a network an op is being run: named in errors, and in the nodes of a compiled step. */
let current = '';

export function currentScope(): string {
  return current;
}

/** From now on ops belong to `name`; returns the scope from before, for whoever restores it. */
export function enterScope(name: string): string {
  const before = current;
  current = name;
  return before;
}
