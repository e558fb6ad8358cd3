import { findInstalled } from '../../../engine/backend/tensorflow/installed.ts';

/** The backends on which every test of an op runs here: native TensorFlow where it is installed. */
export const testableBackends: readonly string[] = ['cpu', 'wasm', ...(findInstalled() === undefined ? [] : ['tensorflow'])];
