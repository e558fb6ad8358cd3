import { SingleBar } from 'cli-progress';
import { percent } from '../../../engine/export/quantity.ts';
import { durationText } from './format.ts';
import type { Output } from './output.ts';

/** Without a terminal one line of progress in so many ms. */
const lineIntervalMs = 15_000;

/** Progress of one piece of work on standard error: a bar with lines above it on a terminal, else sparse lines. Nothing with `--quiet`. */
export class Progress {
  readonly #output: Output;
  readonly #unit: string;
  readonly #bar: SingleBar | undefined;
  readonly #beganMs = performance.now();
  #lastLineMs = performance.now();

  /** `unit` is what is counted, in the plural: 'steps'. */
  constructor(output: Output, unit: string) {
    this.#output = output;
    this.#unit = unit;
    if (!output.isTerminal) return;
    this.#bar = new SingleBar({
      format: `{bar} {percentage} % · {value}/{total} ${unit} · {left} left · {words}`,
      stream: process.stderr,
      barsize: 20,
      hideCursor: true,
      clearOnComplete: true,
      fps: 8,
      linewrap: false,
    });
    this.#bar.start(1, 0, { words: 'starting', left: '—' });
  }

  /** `secondsLeft` defaults to what the average speed since the beginning gives. */
  update(done: number, total: number, words = '', secondsLeft = this.#averageLeft(done, total)): void {
    const left = durationText(secondsLeft);
    if (this.#bar !== undefined) {
      this.#bar.setTotal(Math.max(1, total));
      this.#bar.update(done, { words, left });
    } else if (performance.now() - this.#lastLineMs > lineIntervalMs && total > 0) {
      this.say(`${done}/${total} ${this.#unit} (${percent(done / total, 0)}), ${left} left${words === '' ? '' : ` · ${words}`}`);
    }
  }

  /** A line that stays. */
  say(line: string): void {
    this.#lastLineMs = performance.now();
    this.clear();
    this.#output.notice(line);
  }

  /** Makes room for other output; the bar's next tick draws it again below. */
  clear(): void {
    if (this.#bar !== undefined) process.stderr.write('\r\x1b[K');
  }

  end(): void {
    this.#bar?.stop();
  }

  #averageLeft(done: number, total: number): number {
    return done === 0 ? NaN : ((performance.now() - this.#beganMs) / 1000 / done) * (total - done);
  }
}
