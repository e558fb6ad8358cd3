type Numbers = Float64Array | Float32Array | Int32Array | Uint8Array;

/** A typed array that grows at its end. */
export class NumberList<T extends Numbers> {
  readonly #create: (length: number) => T;
  #values: T;
  #length = 0;

  constructor(create: (length: number) => T) {
    this.#create = create;
    this.#values = create(1024);
  }

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const larger = this.#create(2 * this.#length);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#length++] = value;
  }

  /** What was pushed, in memory of its own. */
  finish(): T {
    return this.#values.slice(0, this.#length) as T;
  }
}

/** Numbers in single precision as long as it holds each of them exactly (whole pixels do), else in double. */
export class CoordinateList {
  #isExact = true;
  #list: NumberList<Float32Array> | NumberList<Float64Array> = new NumberList((length) => new Float32Array(length));

  get length(): number {
    return this.#list.length;
  }

  push(value: number): void {
    if (this.#isExact && Math.fround(value) !== value && !Number.isNaN(value)) this.#widen();
    this.#list.push(value);
  }

  finish(): Float32Array | Float64Array {
    return this.#list.finish();
  }

  #widen(): void {
    const wide = new NumberList((length) => new Float64Array(length));
    for (const value of this.#list.finish()) wide.push(value);
    this.#list = wide;
    this.#isExact = false;
  }
}
