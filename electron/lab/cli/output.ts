import type { CliFailure } from './failure.ts';
import { prettyJson } from './pretty-json.ts';

/** Where a command writes; the process' own streams except in tests. */
export interface Streams {
  readonly out: { write(text: string): unknown };
  readonly err: { write(text: string): unknown; readonly isTTY?: boolean };
}

/** What a command answers: a document for `--json`, words for people. */
export interface Answer {
  readonly document: unknown;
  readonly text: string;
}

/** Standard output carries the answer alone; everything said on the way goes to standard error. */
export class Output {
  readonly #streams: Streams;
  readonly isJson: boolean;
  readonly isQuiet: boolean;

  constructor(streams: Streams, options: { readonly json: boolean; readonly quiet: boolean }) {
    this.#streams = streams;
    this.isJson = options.json;
    this.isQuiet = options.quiet;
  }

  /** True where a moving progress bar makes sense. */
  get isTerminal(): boolean {
    return this.#streams.err.isTTY === true && !this.isQuiet;
  }

  answer(answer: Answer): void {
    this.#streams.out.write(this.isJson ? `${prettyJson(answer.document)}\n` : withNewline(answer.text));
  }

  /** A line of the answer that is known before the rest; with `--json` a notice, since the document is one. */
  line(text: string): void {
    if (this.isJson) this.notice(text);
    else this.#streams.out.write(withNewline(text));
  }

  /** A line on the way; not with `--quiet`. */
  notice(line: string): void {
    if (!this.isQuiet) this.#streams.err.write(withNewline(line));
  }

  failure(failure: CliFailure): void {
    const { code, message, tip } = failure;
    if (this.isJson) {
      this.#streams.out.write(`${prettyJson({ error: { code, message, tip: tip ?? null } })}\n`);
    } else {
      this.#streams.err.write(`lab: ${message}\n${tip === undefined ? '' : `Tip: ${tip}\n`}`);
    }
  }
}

function withNewline(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}
