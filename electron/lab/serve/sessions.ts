import { randomBytes, timingSafeEqual } from 'node:crypto';

/** Browsers at one time; the one that came first is forgotten. */
const mostSessions = 20;

/**
 * Who may talk to the server. An address carries a token that works once: whoever brings it first gets a session. There is always one token
 * that was not used yet; a new one is told by `onToken`.
 */
export class Sessions {
  readonly #sessions: string[] = [];
  readonly #onToken: (token: string) => void;
  #token: string;

  constructor(onToken: (token: string) => void) {
    this.#onToken = onToken;
    this.#token = secret();
  }

  get token(): string {
    return this.#token;
  }

  /** The session that the token is exchanged for; undefined when it is wrong or was used. */
  exchange(token: string): string | undefined {
    if (!equals(token, this.#token)) return undefined;
    this.#token = secret();
    const session = secret();
    this.#sessions.push(session);
    if (this.#sessions.length > mostSessions) this.#sessions.shift();
    this.#onToken(this.#token);
    return session;
  }

  has(session: string | undefined): boolean {
    return session !== undefined && this.#sessions.some((known) => equals(session, known));
  }
}

/** 256 bits, as they stand in an address. */
function secret(): string {
  return randomBytes(32).toString('base64url');
}

/** In a time that tells nothing about how much is equal. */
function equals(given: string, known: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(known)];
  return a.length === b.length && timingSafeEqual(a, b);
}
