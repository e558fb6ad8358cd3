/** What layouts and drawings need of an element, of one network or of two laid over each other. */
export interface TreeElement {
  readonly key: string;
  readonly kind: 'group' | 'node' | 'input';
  readonly parent: number;
  readonly isBlock: boolean;
}

export type Detail = 'stages' | 'blocks' | 'nodes';

/** Positions of the elements in each group; entry 0 is the top, entry i + 1 what is in element i. */
export function childrenOf(elements: readonly TreeElement[]): readonly (readonly number[])[] {
  const children: number[][] = Array.from({ length: elements.length + 1 }, () => []);
  elements.forEach(({ parent }, position) => children[parent + 1]?.push(position));
  return children;
}

/** Keys of the groups that are open at a level of detail. */
export function opened(elements: readonly TreeElement[], detail: Detail): ReadonlySet<string> {
  if (detail === 'stages') return new Set();
  const isInside: boolean[] = [];
  const keys: string[] = [];
  elements.forEach(({ key, kind, parent, isBlock }, position) => {
    isInside[position] = isBlock || (parent >= 0 && isInside[parent] === true);
    if (kind === 'group' && (detail === 'nodes' || isInside[position] !== true)) keys.push(key);
  });
  return new Set(keys);
}

/** Opens a group, and on the way every group that holds nothing but one other; or closes it with all that is in it. */
export function toggled(elements: readonly TreeElement[], open: ReadonlySet<string>, position: number): ReadonlySet<string> {
  const next = new Set(open);
  const children = childrenOf(elements);
  const element = elements[position];
  if (element?.kind !== 'group') return open;
  if (open.has(element.key)) {
    const close = (at: number): void => {
      const inner = elements[at];
      if (inner?.kind !== 'group') return;
      next.delete(inner.key);
      children[at + 1]?.forEach(close);
    };
    close(position);
    return next;
  }
  for (let at = position; ;) {
    const group = elements[at];
    if (group?.kind !== 'group') break;
    next.add(group.key);
    const inside = children[at + 1] ?? [];
    if (inside.length !== 1) break;
    at = inside[0] as number;
  }
  return next;
}

/** Opens what is around an element, so that it shows. */
export function revealed(elements: readonly TreeElement[], open: ReadonlySet<string>, position: number): ReadonlySet<string> {
  const next = new Set(open);
  for (let at = elements[position]?.parent ?? -1; at >= 0; at = elements[at]?.parent ?? -1) next.add(elements[at]?.key ?? '');
  return next;
}

/** The element that stands for this one while groups around it may be closed: the outermost closed group, else itself. */
export function standIns(elements: readonly TreeElement[], open: ReadonlySet<string>): readonly number[] {
  const shown: number[] = [];
  const isHidden: boolean[] = [];
  elements.forEach(({ parent }, position) => {
    const around = elements[parent];
    const isCovered = parent >= 0 && (isHidden[parent] === true || !open.has(around?.key ?? ''));
    isHidden[position] = isCovered;
    shown[position] = isCovered ? (shown[parent] ?? parent) : position;
  });
  return shown;
}
