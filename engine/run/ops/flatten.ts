import type { OpRunner } from '../op-runner.ts';
import { reshape } from './reshape.ts';

export const flatten: OpRunner = { op: 'flatten', prepare: (node) => reshape.prepare(node) };
