/** Looking after the lab: its native backend, and what one sends along when something is wrong. */
export interface MaintenanceApi {
  /**
   * A job: downloads native TensorFlow (about 0.3 GB, with CUDA about 3 GB), checks and unpacks it and builds the addon. Goes on where it was
   * cut off. Rejects with 'no-wheel', 'no-space', 'no-network', 'install-running', ...
   */
  installBackend(options?: { readonly cuda?: boolean }): Promise<BackendInstallation>;
  /** Removes native TensorFlow; resolves with the bytes that became free. */
  removeBackend(): Promise<{ readonly freedBytes: number }>;
  /**
   * Writes one JSON file: versions, machine, settings, the state of the home and the last messages of failed experiments. Paths of data are left
   * out. Without `target`: into the folder of exports.
   */
  exportDiagnostics(target?: string): Promise<{ readonly file: string; readonly name: string; readonly bytes: number }>;
}

export interface BackendInstallation {
  readonly version: string;
  readonly variant: 'cpu' | 'cuda';
  readonly wasInstalled: boolean;
  readonly sizeBytes: number;
  /** How the addon came: 'it was built with g++ 12'. */
  readonly addon: string;
}
