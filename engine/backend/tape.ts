/**
 * The tape: how an op of ours records its gradient, and reverse mode over everything that was recorded.
 *
 * Ops of TensorFlow.js record themselves on the engine's own tape; `differentiable` adds nodes to that same tape without the closures and
 * scopes of `tf.customGrad`, and `valueAndGradients` walks it. Two things differ from the library's walk: gradients and saved tensors are
 * freed as soon as they are used, and a value of type bool or int32 ends the path (so a condition computed from a differentiated tensor
 * is a constant).
 */
import { add, keep, onesLike, zerosLike } from '@tensorflow/tfjs';
import type { Scalar, Tensor, Variable } from '@tensorflow/tfjs';
import { EngineError } from '../error.ts';
import { closeScope, internals, openScope, share, tidy } from './internals.ts';
import { hasKernel, runKernel } from './ops/kernel.ts';
import { currentScope, enterScope } from './scope.ts';

/** `needs[i]` says whether the gradient of input i is asked for; what is not asked for may be undefined. */
export type GradientFunction = (dy: Tensor, saved: readonly Tensor[], needs: readonly boolean[]) => readonly (Tensor | undefined)[];

interface TapeNode {
  readonly id: number;
  readonly kernelName: string;
  readonly inputs: Readonly<Record<string, Tensor>> | readonly Tensor[];
  readonly outputs: readonly Tensor[];
  saved: readonly Tensor[];
  /** The library's form. */
  readonly gradient?: (dys: readonly (Tensor | null)[]) => Readonly<Record<string, () => Tensor>>;
  /** Our form. */
  readonly ownGradient?: GradientFunction;
}

export interface Forward<T extends Tensor> {
  readonly value: T;
  /** Further results that outlive the op; no gradient flows through them. */
  readonly detached?: readonly Tensor[];
  /** Tensors that the gradient function needs; the tape holds them alive. */
  readonly save: readonly Tensor[];
  readonly gradient: GradientFunction;
}

/** True while `valueAndGradients` records. */
export function isRecording(): boolean {
  return internals.state.gradientDepth > 0 && internals.state.kernelDepth === 0;
}

/**
 * Runs an op with a gradient of its own. Whatever `forward` calls is not recorded and what it creates besides the value is freed.
 * `gradient` gets dy in the shape of the value and returns one entry an input; its result is disposed by the tape.
 */
export function differentiable<T extends Tensor>(name: string, inputs: readonly Tensor[], forward: () => Forward<T>): T {
  const { state } = internals;
  const records = isRecording();
  const mark = openScope();
  state.kernelDepth++;
  let results: readonly Tensor[] = [];
  try {
    const { value, detached, save, gradient } = forward();
    results = detached ? [value, ...detached] : [value];
    if (records) {
      const node: TapeNode = {
        id: state.nextTapeNodeId++,
        kernelName: name,
        inputs,
        outputs: [value],
        saved: save.map(hold),
        ownGradient: gradient,
      };
      state.activeTape!.push(node);
    }
    return value;
  } finally {
    state.kernelDepth--;
    closeScope(mark, results);
  }
}

/** A handle that lives as long as the tape; variables live longer anyway. */
function hold(tensor: Tensor): Tensor {
  return isVariable(tensor) ? tensor : keep(share(tensor));
}

function isVariable(tensor: Tensor): boolean {
  return 'assign' in tensor;
}

/** The same values, through which no gradient flows. */
export function stopGradient<T extends Tensor>(x: T): T {
  return share(x);
}

export interface ValueAndGradients {
  readonly value: Scalar;
  /** In the order of the variables; zeros where the value does not depend on a variable. */
  readonly grads: Tensor[];
}

/**
 * The value of `f` and its gradients in `variables`. The caller disposes the value and every gradient; everything else that `f` creates
 * is freed, except what it keeps. `f` must be synchronous and return a float32 scalar.
 */
export function valueAndGradients(f: () => Scalar, variables: readonly Variable[]): ValueAndGradients {
  if (internals.state.gradientDepth > 0) {
    throw new EngineError('nested-gradients', 'valueAndGradients: called inside of itself; gradients of gradients are not supported.');
  }
  internals.startTape();
  const tape = internals.state.activeTape as TapeNode[];
  const scopes = noteScopes(tape);
  const outerScope = currentScope();
  try {
    const value = recorded(f);
    try {
      checkIsScalar(value);
      return { value, grads: tidy(() => backward(tape, scopes, value, variables)) };
    } catch (cause) {
      if (!isVariable(value)) value.dispose();
      throw cause;
    }
  } finally {
    enterScope(outerScope);
    for (const node of tape) freeSaved(node);
  }
}

/** The scope in which each node is pushed, the library's nodes too. */
function noteScopes(tape: TapeNode[]): readonly string[] {
  const scopes: string[] = [];
  tape.push = (...nodes): number => {
    for (const node of nodes) {
      scopes.push(currentScope());
      tape[tape.length] = node;
    }
    return tape.length;
  };
  return scopes;
}

/** Runs `f` while the tape records, and ends the recording in any case. */
function recorded(f: () => Scalar): Scalar {
  try {
    return tidy(f);
  } finally {
    internals.endTape();
    internals.state.activeTape = null;
  }
}

function checkIsScalar(value: Tensor): void {
  if (value.size !== 1 || value.dtype !== 'float32') {
    throw new EngineError(
      'bad-shape',
      `valueAndGradients: the function must return a float32 scalar; it returned ${value.dtype} [${value.shape.join(', ')}].`,
    );
  }
}

function backward(tape: readonly TapeNode[], scopes: readonly string[], value: Scalar, variables: readonly Variable[]): Tensor[] {
  const reached = reachedFrom(tape, variables);
  const gradients = new Map<number, Tensor>();
  const variableIds = new Set(variables.map((variable) => variable.id));
  if (reached.has(value.id)) gradients.set(value.id, onesLike(value));
  for (let i = tape.length - 1; i >= 0; i--) {
    const node = tape[i]!;
    const dys = node.outputs.map((output) => gradients.get(output.id));
    if (dys.some((dy) => dy !== undefined)) {
      enterScope(scopes[i]!);
      backThroughNode(node, dys, reached, gradients);
      for (const output of node.outputs) {
        if (variableIds.has(output.id)) continue;
        gradients.get(output.id)?.dispose();
        gradients.delete(output.id);
      }
    }
    freeSaved(node);
  }
  return variables.map((variable) => gradients.get(variable.id) ?? zerosLike(variable));
}

/** Ids of the tensors that depend on a variable through float32 values. */
function reachedFrom(tape: readonly TapeNode[], variables: readonly Variable[]): Set<number> {
  const reached = new Set(variables.map((variable) => variable.id));
  for (const node of tape) {
    const inputs = Array.isArray(node.inputs) ? (node.inputs as readonly Tensor[]) : Object.values(node.inputs);
    if (!inputs.some((input) => reached.has(input.id))) continue;
    for (const output of node.outputs) {
      if (output.dtype === 'float32') reached.add(output.id);
    }
  }
  return reached;
}

function backThroughNode(
  node: TapeNode,
  dys: readonly (Tensor | undefined)[],
  reached: ReadonlySet<number>,
  gradients: Map<number, Tensor>,
): void {
  if (node.ownGradient) {
    const inputs = node.inputs as readonly Tensor[];
    const needs = inputs.map((input) => reached.has(input.id));
    if (!needs.includes(true)) return;
    const results = ownGradients(node.ownGradient, dys[0]!, node.saved, needs);
    inputs.forEach((input, i) => {
      const gradient = results[i];
      if (gradient && needs[i]) accumulate(gradients, input, gradient, node.kernelName);
      else gradient?.dispose();
    });
    return;
  }
  const inputs = Object.entries(node.inputs as Readonly<Record<string, Tensor>>).filter(([, input]) => reached.has(input.id));
  if (inputs.length === 0) return;
  if (!node.gradient) {
    throw new EngineError('no-gradient', `valueAndGradients: ${node.kernelName} has no gradient.`);
  }
  const byName = node.gradient(dys.map((dy) => dy ?? null));
  for (const [name, input] of inputs) {
    accumulate(
      gradients,
      input,
      tidy(() => byName[name]!()),
      node.kernelName,
    );
  }
}

function ownGradients(
  gradient: GradientFunction,
  dy: Tensor,
  saved: readonly Tensor[],
  needs: readonly boolean[],
): readonly (Tensor | undefined)[] {
  const mark = openScope();
  let results: readonly (Tensor | undefined)[] = [];
  try {
    results = gradient(dy, saved, needs);
    return results;
  } finally {
    closeScope(mark, results);
  }
}

function accumulate(gradients: Map<number, Tensor>, input: Tensor, gradient: Tensor, name: string): void {
  if (gradient.size !== input.size) {
    throw new EngineError('bad-shape', `Gradient of ${name}: expected [${input.shape.join(', ')}], got [${gradient.shape.join(', ')}].`);
  }
  const before = gradients.get(input.id);
  if (!before) {
    gradients.set(input.id, gradient);
    return;
  }
  gradients.set(input.id, sumOf(before, gradient));
  before.dispose();
  gradient.dispose();
}

function sumOf(a: Tensor, b: Tensor): Tensor {
  return hasKernel('LabAddN') ? runKernel<Tensor>('LabAddN', { a, b }, {}) : add(a, b);
}

function freeSaved(node: TapeNode): void {
  for (const tensor of node.saved) {
    if (!isVariable(tensor)) tensor.dispose();
  }
  node.saved = [];
}
