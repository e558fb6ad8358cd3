import type { DatasetError } from '../source.ts';
import { damagedJson, parseJson, truncatedJson } from './json-errors.ts';

/**
 * Takes one element of a list: its bytes, valid during the call only, and where it begins in the file. Text outside of ASCII can only
 * stand inside of strings, so that UTF-8 needs no care.
 */
export type TakeElement = (bytes: Buffer, offset: number) => void;

/** The list that a whole file can be. */
export const WHOLE_FILE = '';

/** A picture or a person takes some kilobytes; so long a piece is no element of such a list. */
const LONGEST_ELEMENT = 64 * 1024 * 1024;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

/** What stops a walk through a value: 1 a quote, 2 an opening bracket, 3 a closing one, 4 a comma (which ends a bare word). */
const STOPS = new Uint8Array(256);
STOPS[QUOTE] = 1;
STOPS[OPEN_LIST] = STOPS[OPEN_OBJECT] = 2;
STOPS[CLOSE_LIST] = STOPS[CLOSE_OBJECT] = 3;
STOPS[COMMA] = 4;

/** Where in the file the next byte stands: before anything, inside of the object or a list of it, or inside of a value. */
type Place = 'start' | 'key' | 'colon' | 'value' | 'elements' | 'skipping' | 'element' | 'reading-key' | 'end';

/** Keeps what is needed between pieces of the file: the place, and the bytes of an element that is not whole yet. */
export class JsonSplitter {
  readonly #path: string;
  readonly #sections: Readonly<Record<string, TakeElement>>;
  readonly #chunkBytes: number;
  #buffer: Buffer;
  /** Bytes at the buffer's front that belong to something begun. */
  #kept = 0;
  /** Of the buffer's first byte in the file. */
  #base = 0;
  #place: Place = 'start';
  #isList = false;
  #needsComma = false;
  #key = '';
  /** Of the value that is walked through. */
  #depth = 0;
  #isInString = false;
  #isEscaped = false;
  /** In the buffer; of an element or a key. */
  #begin = 0;

  constructor(path: string, sections: Readonly<Record<string, TakeElement>>, chunkBytes: number) {
    this.#path = path;
    this.#sections = sections;
    this.#chunkBytes = chunkBytes;
    this.#buffer = Buffer.allocUnsafe(2 * chunkBytes);
  }

  /** Bytes that were looked at. */
  get position(): number {
    return this.#base + this.#kept;
  }

  /** Where the next bytes of the file go. */
  room(): Buffer {
    if (this.#buffer.length - this.#kept < this.#chunkBytes) {
      if (this.#kept > LONGEST_ELEMENT) throw this.#damaged(this.#begin, 'begins an element of more than 64 MiB');
      const larger = Buffer.allocUnsafe(2 * this.#buffer.length);
      this.#buffer.copy(larger, 0, 0, this.#kept);
      this.#buffer = larger;
    }
    return this.#buffer.subarray(this.#kept, this.#kept + this.#chunkBytes);
  }

  take(bytesRead: number): void {
    const end = this.#kept + bytesRead;
    let at = this.#kept;
    while (at < end) at = this.#isWalking() ? this.#walk(at, end) : this.#step(at, end);
    const isBegun = this.#place === 'element' || this.#place === 'reading-key';
    const from = isBegun ? this.#begin : end;
    this.#buffer.copyWithin(0, from, end);
    this.#base += from;
    this.#kept = end - from;
    this.#begin = 0;
  }

  end(): void {
    if (this.#place === 'end') return;
    throw truncatedJson(this.#path, this.position);
  }

  #isWalking(): boolean {
    return this.#place === 'skipping' || this.#place === 'element' || this.#place === 'reading-key';
  }

  /** One byte of the file's frame; gives where to go on. */
  #step(at: number, end: number): number {
    const byte = this.#buffer[at] as number;
    if (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) return at + 1;
    switch (this.#place) {
      case 'start':
        return this.#start(at, byte);
      case 'key':
        if (byte === CLOSE_OBJECT) return this.#to('end', at);
        if (this.#comma(byte)) return at + 1;
        if (byte !== QUOTE || this.#needsComma) throw this.#damaged(at, 'is no name of a field');
        this.#begin = at;
        this.#isInString = true;
        return this.#to('reading-key', at);
      case 'colon':
        if (byte !== COLON) throw this.#damaged(at, 'should be a colon');
        return this.#to('value', at);
      case 'value':
        if (byte === OPEN_LIST && Object.hasOwn(this.#sections, this.#key)) return this.#list(at);
        return this.#begins('skipping', at, end);
      case 'elements':
        if (byte === CLOSE_LIST) {
          this.#needsComma = true;
          return this.#to(this.#isList ? 'end' : 'key', at);
        }
        if (this.#comma(byte)) return at + 1;
        if (this.#needsComma) throw this.#damaged(at, 'should be a comma');
        this.#begin = at;
        return this.#begins('element', at, end);
      default:
        throw this.#damaged(at, 'stands behind the end');
    }
  }

  #start(at: number, byte: number): number {
    if (this.#base + at < BYTE_ORDER_MARK.length && byte === BYTE_ORDER_MARK[this.#base + at]) return at + 1;
    const takesList = Object.hasOwn(this.#sections, WHOLE_FILE);
    const takesObject = !takesList || Object.keys(this.#sections).length > 1;
    if (byte === OPEN_OBJECT && (takesObject || !takesList)) return this.#to('key', at);
    if (byte !== OPEN_LIST || !takesList) throw this.#damaged(at, `should begin ${takesList ? 'a list' : 'an object'}`);
    this.#isList = true;
    return this.#list(at);
  }

  #list(at: number): number {
    this.#needsComma = false;
    return this.#to('elements', at);
  }

  #to(place: Place, at: number): number {
    this.#place = place;
    return at + 1;
  }

  #comma(byte: number): boolean {
    if (byte !== COMMA || !this.#needsComma) return false;
    this.#needsComma = false;
    return true;
  }

  #begins(place: 'skipping' | 'element', at: number, end: number): number {
    const stop = STOPS[this.#buffer[at] as number];
    if (stop === 3 || stop === 4) throw this.#damaged(at, 'stands where a value should be');
    this.#place = place;
    this.#depth = 0;
    return this.#walk(at, end);
  }

  /** On through a value, to its end or that of the bytes. */
  #walk(from: number, end: number): number {
    const buffer = this.#buffer;
    let at = from;
    while (at < end) {
      if (this.#isInString) {
        at = this.#walkString(at, end);
        if (this.#isInString) return at;
        if (this.#place === 'reading-key') return this.#keyEnds(at);
        if (this.#depth === 0) return this.#valueEnds(at);
        continue;
      }
      while (at < end && STOPS[buffer[at] as number] === 0) at++;
      if (at >= end) return at;
      const stop = STOPS[buffer[at] as number];
      if (stop === 1) this.#isInString = true;
      else if (stop === 2) this.#depth++;
      else if (this.#depth === 0)
        return this.#valueEnds(at); // The end of a bare word: the byte belongs to what surrounds it.
      else if (stop === 3 && --this.#depth === 0) return this.#valueEnds(at + 1);
      at++;
    }
    return at;
  }

  /** To the byte behind the closing quote, or to the end of the bytes. */
  #walkString(from: number, end: number): number {
    const buffer = this.#buffer;
    let at = from;
    for (; at < end; at++) {
      if (this.#isEscaped) this.#isEscaped = false;
      else if (buffer[at] === BACKSLASH) this.#isEscaped = true;
      else if (buffer[at] === QUOTE) {
        this.#isInString = false;
        return at + 1;
      }
    }
    return at;
  }

  #keyEnds(at: number): number {
    this.#key = parseJson(this.#buffer.subarray(this.#begin, at), this.#path, this.#base + this.#begin) as string;
    this.#place = 'colon';
    return at;
  }

  #valueEnds(at: number): number {
    const isElement = this.#place === 'element';
    this.#needsComma = true;
    this.#place = isElement ? 'elements' : 'key';
    if (isElement) {
      this.#sections[this.#isList ? WHOLE_FILE : this.#key]?.(this.#buffer.subarray(this.#begin, at), this.#base + this.#begin);
    }
    return at;
  }

  #damaged(at: number, what: string): DatasetError {
    return damagedJson(this.#path, this.#base + at, what);
  }
}
