/** What the user has set, kept in the home. Appearance is the interface's own. */
export interface SettingsApi {
  settings(): Promise<LabSettings>;
  /** Replaces the sections that are given; the others stay. Rejects with 'invalid-settings'. */
  changeSettings(change: Partial<LabSettings>): Promise<LabSettings>;
}

export interface LabSettings {
  readonly storage: {
    /** Where exports and pictures go; absent: the usual place. Absolute path. */
    readonly workspace?: string;
  };
  readonly compute: {
    /** Of searches that name none; absent: measured when they start. */
    readonly backend?: string;
    readonly threads?: number;
    /** Searches that run at once; others wait in the queue. */
    readonly maxRunning: number;
    /** A computing process above it writes a checkpoint, ends and goes on in a new one; absent: no limit. */
    readonly memoryLimitBytes?: number;
  };
  readonly notifications: {
    readonly finished: boolean;
    readonly failed: boolean;
    readonly attention: boolean;
  };
  readonly power: {
    /** The computer may go to sleep on battery although a search runs. */
    readonly sleepOnBattery: boolean;
  };
}

export const defaultSettings: LabSettings = {
  storage: {},
  compute: { maxRunning: 1 },
  notifications: { finished: true, failed: true, attention: true },
  power: { sleepOnBattery: false },
};
