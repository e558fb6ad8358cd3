import type { GraphNode, Shape } from './model-graph.ts';

/** What tells one node from another besides its place: named values as people read them, and all of them in one line. */
export interface NodeFacts {
  /** 'conv 5x5 36→36 /2' */
  readonly title: string;
  /** By name ('kernel', 'stride', 'channels', ...). Sizes are height x width. */
  readonly facts: Readonly<Record<string, string>>;
}

/** Facts that follow from others nearby: told only where nothing else differs. 'output' and 'input' are found by engine/graph/diff.ts. */
export const followingFacts: ReadonlySet<string> = new Set([
  'input channels',
  'shape',
  'start',
  'length',
  'width',
  'rate',
  'output',
  'input',
]);

const plainTitles: Readonly<Record<string, string>> = {
  'batch-norm': 'batch norm',
  'layer-norm': 'layer norm',
  'global-average-pool': 'global average pool',
  'append-position-map': 'append positions',
  parameter: 'learned queries',
};

/** `inputs` are the shapes of the node's inputs, `kernel` is that of its weight 'kernel' as ops see it ([out, in / groups, height, width] or [out, in]). */
export function nodeFacts(node: GraphNode, inputs: readonly Shape[], kernel: Shape | undefined): NodeFacts {
  switch (node.op) {
    case 'conv2d':
    case 'depthwise-conv2d':
      return convolution(node, inputs[0] ?? [], kernel ?? []);
    case 'linear': {
      const [features, from] = [String(kernel?.[0] ?? 0), String(kernel?.[1] ?? 0)];
      return { title: `linear ${from}→${features}`, facts: { features, 'input channels': from } };
    }
    case 'scaled-dot-product-attention': {
      const heads = String(node.attrs['heads']);
      const tokens = String(inputs[1]?.[0] ?? 0);
      return { title: `attention, ${heads} ${heads === '1' ? 'head' : 'heads'}, ${tokens} tokens`, facts: { heads, tokens } };
    }
    case 'activation': {
      const kind = String(node.attrs['kind']);
      return { title: kind, facts: { function: kind } };
    }
    default:
      return other(node);
  }
}

function convolution(node: GraphNode, input: Shape, kernel: Shape): NodeFacts {
  const isDepthwise = node.op === 'depthwise-conv2d';
  const size = `${kernel[2] ?? 0}x${kernel[3] ?? 0}`;
  const [from, channels] = [String(input[2] ?? 0), String(node.shape[2] ?? 0)];
  const stride = pair(node.attrs['stride']);
  const dilation = pair(node.attrs['dilation'] ?? [1, 1]);
  const groups = isDepthwise ? '1' : String(node.attrs['groups'] ?? 1);
  const facts = { kernel: size, channels, stride, dilation, groups, ...(isDepthwise ? {} : { 'input channels': from }) };
  const words = [
    isDepthwise ? 'depth-wise' : 'conv',
    size,
    isDepthwise ? channels : `${from}→${channels}`,
    ...(stride === '1' ? [] : [`/${stride}`]),
    ...(dilation === '1' ? [] : [`dilation ${dilation}`]),
    ...(groups === '1' ? [] : [`${groups} groups`]),
  ];
  return { title: words.join(' '), facts };
}

/** Attributes as they are; what only follows from shapes is left out. */
function other(node: GraphNode): NodeFacts {
  const facts = Object.fromEntries(
    Object.entries(node.attrs)
      .filter(([name]) => name !== 'epsilon' && name !== 'momentum')
      .map(([name, value]) => [
        name,
        Array.isArray(value) ? value.join('x') : typeof value === 'number' ? String(Number(value.toPrecision(6))) : String(value),
      ]),
  );
  const title = plainTitles[node.op] ?? node.op.replaceAll('-', ' ');
  const size = facts['size'];
  return { title: size === undefined ? title : `${title} ${size}`, facts };
}

/** [2, 2] as '2', [1, 2] as '1x2'. */
function pair(value: unknown): string {
  const [first, second] = value as readonly [number, number];
  return first === second ? String(first) : `${first}x${second}`;
}
