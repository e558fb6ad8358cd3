/** The JSON form of the official repository (research/deeplab/core/dense_prediction_cell.py): one object a branch, in build order. */
import { EngineError } from '../../error.ts';
import { canonicalJson } from '../canonical.ts';
import type { Architecture } from '../search-space.ts';
import { features, grids, operationIndex, rates, type DpcBranch, type DpcCell, type DpcOperation, type Pair } from './cell.ts';
import { architectureOf, cellOf } from './choices.ts';
import { checkSettings, shortSettings, withDefaults } from './settings.ts';

function badNotation(message: string): EngineError {
  return new EngineError('bad-architecture', `dpc: reading the official notation: ${message}.`, {
    tip:
      'Expected a list of {"op": "conv", "kernel": 1 or 3, "rate": [height, width], "input": -1} and ' +
      '{"op": "pyramid_pooling", "grid_size": [height, width], "input": 0}, alone or as {"cell": [...], "settings": {...}}; ' +
      'input -1 reads the features, k the output of branch k.',
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Any rates and grids above 0 are read, also those that the space does not offer. Throws EngineError 'bad-architecture'. */
export function parseCell(value: unknown): DpcCell {
  if (!Array.isArray(value) || value.length === 0) throw badNotation(`a list of branches was expected, ${preview(value)} came`);
  return value.map((entry: unknown, index): DpcBranch => {
    const known = ['op', 'kernel', 'rate', 'grid_size', 'input'];
    if (!isRecord(entry) || Object.keys(entry).some((key) => !known.includes(key))) {
      throw badNotation(`branch ${index} is ${preview(entry)}; its keys are ${known.join(', ')}`);
    }
    const input = entry['input'];
    if (!Number.isInteger(input) || (input as number) >= index) {
      const earlier =
        index === 0 ? 'the first branch reads the features, -1' : `it reads the features, -1, or a branch from 0 to ${index - 1}`;
      throw badNotation(`branch ${index} has input ${preview(input)}; ${earlier}`);
    }
    return { operation: parseOperation(entry, index), input: Math.max(input as number, features) }; // every negative number means F
  });
}

/** As in the official code, a 1x1 convolution has no use for a rate, nor pooling for a kernel. */
function parseOperation(entry: Record<string, unknown>, index: number): DpcOperation {
  const { op, kernel, rate, grid_size: grid } = entry;
  if (op === 'pyramid_pooling') return { kind: 'pool', grid: parsePair(grid, `branch ${index}: grid_size`) };
  if (op !== 'conv') throw badNotation(`branch ${index} has op ${preview(op)}; known are conv and pyramid_pooling`);
  const side = Array.isArray(kernel) && kernel.length === 2 && kernel[0] === kernel[1] ? (kernel[0] as unknown) : kernel;
  if (side === 1) return { kind: 'conv' };
  if (side !== 3) throw badNotation(`branch ${index} has kernel ${preview(kernel)}; known are 1 and 3`);
  return { kind: 'atrous', rate: parsePair(rate, `branch ${index}: rate`) };
}

function parsePair(value: unknown, what: string): Pair {
  const isPair = Array.isArray(value) && value.length === 2 && value.every((entry) => Number.isInteger(entry) && (entry as number) > 0);
  if (!isPair) throw badNotation(`${what} is ${preview(value)}; [height, width] above 0 was expected`);
  return [value[0] as number, value[1] as number];
}

/** The official list. */
export function formatCell(cell: DpcCell): unknown[] {
  return cell.map(({ operation, input }) => {
    switch (operation.kind) {
      case 'conv':
        return { kernel: 1, op: 'conv', input };
      case 'atrous':
        return { kernel: 3, rate: operation.rate, op: 'conv', input };
      case 'pool':
        return { grid_size: operation.grid, op: 'pyramid_pooling', input };
    }
  });
}

/**
 * Reads the official list, or { cell, settings }; further settings may come beside it. The number of branches is that of the list.
 * Throws EngineError 'bad-architecture', also for rates and grids that the space does not offer.
 */
export function importOfficial(value: unknown, tokens?: unknown, further: Architecture['settings'] = {}): Architecture {
  if (tokens !== undefined) throw badNotation('token counts came; this notation has none');
  const { cell: list, settings: inFile } = takeApart(value);
  const twice = Object.keys(further).find(
    (key) => Object.hasOwn(inFile, key) && canonicalJson(further[key]) !== canonicalJson(inFile[key]),
  );
  if (twice !== undefined) {
    throw badNotation(`settings.${twice} is ${preview(inFile[twice])} in the file and ${preview(further[twice])} beside it`);
  }
  const cell = parseCell(list);
  const given: Architecture['settings'] = { branches: cell.length, ...inFile, ...further };
  const problems = checkSettings(given);
  if (problems.length > 0) throw badNotation(problems.map((problem) => `${problem.path} ${problem.message}`).join('; '));
  const settings = withDefaults(given);
  if (settings.branches !== cell.length)
    throw badNotation(`settings.branches is ${settings.branches}, the list has ${cell.length} branches`);
  const outside = cell.findIndex(({ operation }) => operationIndex(operation) === undefined);
  if (outside >= 0) {
    throw badNotation(
      `branch ${outside} is ${preview(formatCell(cell)[outside])}; the space has rates ${rates.join(', ')} and grids ${grids.join(', ')}`,
    );
  }
  return architectureOf(cell, settings);
}

function takeApart(value: unknown): { readonly cell: unknown; readonly settings: Architecture['settings'] } {
  if (!isRecord(value)) return { cell: value, settings: {} };
  const { cell, settings = {}, ...others } = value;
  const unknown = Object.keys(others);
  if (unknown.length > 0) throw badNotation(`the object has ${unknown.join(', ')}; known are cell and settings`);
  if (!isRecord(settings)) throw badNotation(`settings must be an object, ${preview(settings)} came`);
  return { cell, settings: settings as Architecture['settings'] };
}

/** The bare list where reading it back gives the same architecture, else { cell, settings }. */
export function exportOfficial(arch: Architecture): unknown {
  const settings = withDefaults(arch.settings);
  const cell = formatCell(cellOf(arch.choices, settings));
  const short = shortSettings(settings);
  const isImplied = canonicalJson(importOfficial(cell).settings) === canonicalJson(short);
  return isImplied ? cell : { cell, settings: short };
}

function preview(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 80)}...` : text;
}
