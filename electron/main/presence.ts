import { Notification, powerMonitor, powerSaveBlocker } from 'electron';
import type { BrowserWindow } from 'electron';
import type { ExperimentView, LabEvent } from '../ipc/contract.ts';
import type { JobView } from '../ipc/jobs.ts';
import { defaultSettings } from '../ipc/settings.ts';
import type { LabSettings } from '../ipc/settings.ts';

export interface PresenceOptions {
  readonly windows: () => readonly BrowserWindow[];
  readonly show: (route: string) => void;
  readonly experiments: () => Promise<readonly ExperimentView[]>;
  readonly jobs: () => Promise<readonly JobView[]>;
  readonly settings: () => Promise<LabSettings>;
}

/** Ends of searches within this time are told in one notification. */
const groupMs = 2_000;

/** What runs, as the system shows it: no sleep meanwhile, a progress bar on the app's icon, a notification at the end. */
export class Presence {
  readonly #options: PresenceOptions;
  /** Shares done, by 'experiment ID' and 'job ID'. */
  readonly #running = new Map<string, number>();
  readonly #totals = new Map<string, number>();
  #blocker: number | undefined;
  #settings = defaultSettings;
  #ended: ExperimentView[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(options: PresenceOptions) {
    this.#options = options;
    // Clocks stand still while the machine sleeps, and what ran may have ended meanwhile.
    powerMonitor.on('resume', () => void this.refresh());
    powerMonitor.on('on-battery', () => this.#update());
    powerMonitor.on('on-ac', () => this.#update());
  }

  get isBusy(): boolean {
    return this.#running.size > 0;
  }

  /** From what is stored: at the start, and after events were missed. */
  async refresh(): Promise<void> {
    const [experiments, jobs] = await Promise.all([this.#options.experiments().catch(() => []), this.#options.jobs().catch(() => [])]);
    await this.#readSettings();
    // Jobs of a process that died tell no end.
    this.#running.clear();
    for (const experiment of experiments) this.#follow(experiment);
    for (const job of jobs) this.#followJob(job);
    this.#update();
  }

  async #readSettings(): Promise<void> {
    this.#settings = await this.#options.settings().catch(() => this.#settings);
  }

  /** On battery the user may prefer sleep to a search that goes on. */
  get #blocksSleep(): boolean {
    return this.isBusy && !(this.#settings.power.sleepOnBattery && powerMonitor.isOnBatteryPower());
  }

  receive(events: readonly LabEvent[]): void {
    for (const event of events) {
      if (event.type === 'experiment') {
        const wasRunning = this.#running.has(keyOf(event.experiment));
        this.#follow(event.experiment);
        if (wasRunning && event.experiment.state !== 'running') this.#tell(event.experiment);
      } else if (event.type === 'job') this.#followJob(event.job);
      else if (event.type === 'search' && event.event.type === 'scalars') this.#step(event.id, event.event.step);
    }
    this.#update();
  }

  #follow(experiment: ExperimentView): void {
    const { state, progress } = experiment;
    const key = keyOf(experiment);
    this.#totals.set(experiment.id, progress.totalSteps);
    if (state === 'running') this.#running.set(key, progress.totalSteps > 0 ? progress.step / progress.totalSteps : 0);
    else this.#running.delete(key);
  }

  #step(id: string, step: number): void {
    const total = this.#totals.get(id) ?? 0;
    if (total > 0 && this.#running.has(`experiment ${id}`)) this.#running.set(`experiment ${id}`, step / total);
  }

  #followJob({ id, state, progress }: JobView): void {
    const isRunning = state === 'running' || state === 'waiting';
    if (isRunning) this.#running.set(`job ${id}`, progress?.total === undefined ? 0 : progress.done / progress.total);
    else this.#running.delete(`job ${id}`);
  }

  #update(): void {
    if (this.#blocksSleep) this.#blocker ??= powerSaveBlocker.start('prevent-app-suspension');
    else if (this.#blocker !== undefined) {
      powerSaveBlocker.stop(this.#blocker);
      this.#blocker = undefined;
    }
    const shares = [...this.#running.values()];
    const share = shares.length === 0 ? -1 : shares.reduce((sum, one) => sum + one, 0) / shares.length;
    for (const window of this.#options.windows()) window.setProgressBar(share);
  }

  #tell(experiment: ExperimentView): void {
    this.#ended.push(experiment);
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.#readSettings().then(() => this.#notify(this.#ended.splice(0)));
    }, groupMs);
  }

  #notify(all: readonly ExperimentView[]): void {
    const ended = all.filter(({ state }) => this.#settings.notifications[kindOf(state)]);
    const [first] = ended;
    const isSeen = this.#options.windows().some((window) => window.isFocused());
    if (first === undefined || isSeen || !Notification.isSupported()) return;
    const text = ended.length === 1 ? endText(first) : `${ended.length} searches have ended: ${ended.map(({ name }) => name).join(', ')}`;
    const notification = new Notification({ title: 'Paretoscope', body: text });
    notification.on('click', () => this.#options.show(ended.length === 1 ? `/experiments/${first.id}` : '/experiments'));
    notification.show();
  }
}

/** Which switch of the settings a notification belongs to. */
function kindOf(state: ExperimentView['state']): keyof LabSettings['notifications'] {
  if (state === 'complete' || state === 'stopped') return 'finished';
  return state === 'failed' ? 'failed' : 'attention';
}

function keyOf({ id }: ExperimentView): string {
  return `experiment ${id}`;
}

function endText({ name, state, failure }: ExperimentView): string {
  if (state === 'complete') return `${name} is complete.`;
  if (state === 'failed') return `${name} failed: ${failure?.message ?? 'no cause is known'}`;
  return state === 'stopped' ? `${name} is paused.` : `${name} was interrupted and needs your attention.`;
}
