/** Keeps the compiled functions of a process within bounds: the ones used longest ago are removed first. */
interface Entry {
  readonly bytes: number;
  readonly forget: () => void;
}

/** What one op of a function takes, roughly: 5.5 MB were measured for a network of 151 convolutions, about 2,600 ops. */
const bytesPerOp = 2100;

/** How often a function holds its constants: 12 functions with 16 MB each took 1.1 GB. */
const constantCopies = 6;

/** What the size of a function depends on. */
interface FunctionSize {
  readonly ops: number;
  readonly constantBytes: number;
}

export class FunctionCache {
  readonly #limit: number;
  readonly #remove: (name: string) => void;
  /** In the order of use. */
  readonly #entries = new Map<string, Entry>();
  #bytes = 0;

  /** `limit` in bytes; `remove` takes a function from TensorFlow. */
  constructor(limit: number, remove: (name: string) => void) {
    this.#limit = limit;
    this.#remove = remove;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** A new function; `forget` is called when it has to make room. The newest always stays. */
  add(name: string, { ops, constantBytes }: FunctionSize, forget: () => void): void {
    const bytes = ops * bytesPerOp + constantBytes * constantCopies;
    this.#entries.set(name, { bytes, forget });
    this.#bytes += bytes;
    for (const [oldest, entry] of this.#entries) {
      if (this.#bytes <= this.#limit || oldest === name) break;
      entry.forget();
      this.remove(oldest);
    }
  }

  touch(name: string): void {
    const entry = this.#entries.get(name);
    if (!entry) return;
    this.#entries.delete(name);
    this.#entries.set(name, entry);
  }

  remove(name: string): void {
    const entry = this.#entries.get(name);
    if (!entry) return;
    this.#entries.delete(name);
    this.#bytes -= entry.bytes;
    this.#remove(name);
  }
}
