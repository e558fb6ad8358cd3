import type { GraphNode, ModelGraph, Shape } from './model-graph.ts';
import { nodeFacts } from './node-facts.ts';
import { opWeightShape } from './shapes.ts';

/** What a part of a network costs for one input. */
export interface PartCost {
  /** Multiply-accumulates. */
  readonly macs: number;
  /** Learned elements. */
  readonly params: number;
  /** float32 bytes of its outputs. */
  readonly activationBytes: number;
}

/** A part of a network: a scope with everything in it, one node, or an input. */
export interface OutlineElement extends PartCost {
  /** Same in two networks for what stands at the same place: a group's path 'fuse2.0.1'; a node 'fuse2.0.1.k3/conv#0', counted by op inside its scope. */
  readonly key: string;
  readonly kind: 'group' | 'node' | 'input';
  /** Position of the group that holds it among the elements; -1 at the top. */
  readonly parent: number;
  readonly depth: number;
  /** Short name: 'k3', 'block0', 'fuse2.0.1', 'conv2d'. */
  readonly label: string;
  /** What it is in one line: 'conv 3x3 18→36 /2'; of a group its path. */
  readonly title: string;
  readonly facts: Readonly<Record<string, string>>;
  /** Of nodes and inputs: the id in the graph. */
  readonly id?: string;
  readonly op?: string;
  /** Without the batch axis; of a group that of its last node. */
  readonly shape: Shape;
  /** Nodes in it, itself included. */
  readonly nodes: number;
  /** The innermost scope that holds whole layers: it has nodes of its own, and no group around it has. The unit in which networks are compared. */
  readonly isBlock: boolean;
  /** A result of the network. */
  readonly isOutput: boolean;
}

/** Positions of two nodes (or an input and a node) among the elements. */
export type OutlineEdge = readonly [from: number, to: number];

export interface Outline {
  /** Every group before what is in it; in the order in which the network computes. */
  readonly elements: readonly OutlineElement[];
  readonly edges: readonly OutlineEdge[];
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

interface Branch {
  readonly path: string;
  readonly groups: Map<string, Branch>;
  readonly parts: (Branch | OutlineElement)[];
}

/** The tree of a network's scopes. `costs` holds what each node costs, by id; the cost of a group is the sum over its nodes. */
export function outlineOf(graph: ModelGraph, costs: ReadonlyMap<string, PartCost>): Outline {
  const root: Branch = { path: '', groups: new Map(), parts: [] };
  const outputs = new Set(graph.outputs);
  for (const { id, shape } of graph.inputs) {
    root.parts.push({ ...leaf('input', `input/${id}`, outputs.has(id)), id, shape, label: id, title: 'input', facts: {} });
  }
  const describe = describer(graph);
  const counts = new Map<string, number>();
  for (const node of graph.nodes) {
    const stem = `${node.scope}/${placeName(node.op)}`;
    const ordinal = counts.get(stem) ?? 0;
    counts.set(stem, ordinal + 1);
    const element: OutlineElement = {
      ...leaf('node', `${stem}#${ordinal}`, outputs.has(node.id)),
      ...describe(node),
      ...costOf(costs.get(node.id)),
      id: node.id,
      op: node.op,
      shape: node.shape,
      label: node.op,
    };
    branchAt(root, node.scope).parts.push(element);
  }
  const elements: Mutable<OutlineElement>[] = [];
  place(root, -1, 0, false, elements);
  return { elements, edges: edgesOf(graph, elements) };
}

/** A depth-wise convolution of one channel is written as a plain one: both stand at the same place. */
function placeName(op: string): string {
  return op === 'conv2d' || op === 'depthwise-conv2d' ? 'conv' : op;
}

function leaf(kind: 'node' | 'input', key: string, isOutput: boolean) {
  return {
    key,
    kind,
    parent: -1,
    depth: 0,
    nodes: kind === 'node' ? 1 : 0,
    isBlock: false,
    isOutput,
    macs: 0,
    params: 0,
    activationBytes: 0,
  };
}

function costOf(cost: PartCost | undefined): PartCost {
  return { macs: cost?.macs ?? 0, params: cost?.params ?? 0, activationBytes: cost?.activationBytes ?? 0 };
}

function describer(graph: ModelGraph): (node: GraphNode) => { readonly title: string; readonly facts: Readonly<Record<string, string>> } {
  const shapes = new Map<string, Shape>([...graph.inputs, ...graph.nodes].map(({ id, shape }) => [id, shape]));
  const specs = new Map(graph.weights.map((spec) => [spec.name, spec]));
  return (node) => {
    const ref = node.weights['kernel'];
    const spec = ref === undefined ? undefined : specs.get(ref.name);
    const kernel = ref === undefined || spec === undefined ? undefined : opWeightShape(spec, ref);
    return nodeFacts(
      node,
      node.inputs.map((id) => shapes.get(id) ?? []),
      kernel,
    );
  };
}

function branchAt(root: Branch, scope: string): Branch {
  let branch = root;
  if (scope === '') return branch;
  for (const part of scope.split('.')) {
    let next = branch.groups.get(part);
    if (next === undefined) {
      next = { path: branch.path === '' ? part : `${branch.path}.${part}`, groups: new Map(), parts: [] };
      branch.groups.set(part, next);
      branch.parts.push(next);
    }
    branch = next;
  }
  return branch;
}

/** Appends what is in `branch`; groups are summed when all that they hold stands behind them. */
function place(branch: Branch, parent: number, depth: number, isInBlock: boolean, elements: Mutable<OutlineElement>[]): void {
  for (const part of branch.parts) {
    if ('kind' in part) {
      elements.push({ ...part, parent, depth });
      continue;
    }
    const isBlock = !isInBlock && part.parts.some((inner) => 'kind' in inner);
    const position = elements.length;
    const group: Mutable<OutlineElement> = {
      ...leaf('node', part.path, false),
      kind: 'group',
      parent,
      depth,
      isBlock,
      label: groupLabel(part.path),
      title: part.path,
      facts: {},
      shape: [],
    };
    elements.push(group);
    place(part, position, depth + 1, isInBlock || isBlock, elements);
    sumUp(group, elements.slice(position + 1));
  }
}

function sumUp(group: Mutable<OutlineElement>, inside: readonly OutlineElement[]): void {
  const nodes = inside.filter((element) => element.kind === 'node');
  group.nodes = nodes.length;
  for (const node of nodes) {
    group.macs += node.macs;
    group.params += node.params;
    group.activationBytes += node.activationBytes;
    group.isOutput ||= node.isOutput;
  }
  group.shape = nodes.at(-1)?.shape ?? [];
}

/** A number alone says nothing: 'fuse2.0.1' keeps the parts before it, 'fuse2.0.1.k3' is 'k3'. */
export function groupLabel(path: string): string {
  const parts = path.split('.');
  const start = parts.findLastIndex((part) => !/^\d+$/.test(part));
  return parts.slice(Math.max(0, start)).join('.');
}

function edgesOf(graph: ModelGraph, elements: readonly OutlineElement[]): OutlineEdge[] {
  const positions = new Map<string, number>();
  elements.forEach(({ id }, position) => id !== undefined && positions.set(id, position));
  return graph.nodes.flatMap(({ id, inputs }) =>
    [...new Set(inputs)].map((input): OutlineEdge => [positions.get(input) ?? -1, positions.get(id) ?? -1]),
  );
}
