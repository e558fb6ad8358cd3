import type { Answer } from '../../ipc/handle-call.ts';

/** A browser holds six connections to one server: calls that take longer give theirs back and are asked for later. */
const patienceMs = 4_000;
/** An answer that nobody fetches is forgotten. */
const keptMs = 10 * 60_000;

export type TimelyAnswer = { readonly answer: Answer } | { readonly later: string };

/** Calls whose answers come later than a connection is held. */
export class LateAnswers {
  readonly #answers = new Map<string, Answer | undefined>();
  readonly #patienceMs: number;
  #count = 0;

  constructor(patience = patienceMs) {
    this.#patienceMs = patience;
  }

  /** The answer when it comes soon, else the name under which `take` gives it. */
  async within(work: Promise<Answer>): Promise<TimelyAnswer> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), this.#patienceMs);
    });
    const answer = await Promise.race([work, late]);
    clearTimeout(timer);
    if (answer !== undefined) return { answer };
    const later = `call-${++this.#count}`;
    this.#answers.set(later, undefined);
    void work.then((late) => {
      this.#answers.set(later, late);
      setTimeout(() => this.#answers.delete(later), keptMs).unref();
    });
    return { later };
  }

  /** 'unknown' when it was given already or was never promised. */
  take(later: string): Answer | 'pending' | 'unknown' {
    if (!this.#answers.has(later)) return 'unknown';
    const answer = this.#answers.get(later);
    if (answer === undefined) return 'pending';
    this.#answers.delete(later);
    return answer;
  }
}
