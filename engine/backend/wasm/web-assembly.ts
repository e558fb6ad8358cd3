/** The part of the WebAssembly API that is used; the project's TypeScript settings have no browser types. */

export interface WasmInstance {
  readonly exports: Readonly<Record<string, unknown>>;
}

export interface WebAssemblyApi {
  instantiate: (source: Uint8Array, imports?: object) => Promise<{ readonly instance: WasmInstance }>;
  readonly Module: new (binary: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => WasmInstance;
  readonly Memory: new (options: object) => object;
}

export const webAssembly = (globalThis as unknown as { readonly WebAssembly: WebAssemblyApi }).WebAssembly;
