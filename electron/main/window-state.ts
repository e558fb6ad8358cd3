import { readFileSync, renameSync, writeFileSync } from 'node:fs';

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface WindowState extends Partial<Pick<Rectangle, 'x' | 'y'>> {
  readonly width: number;
  readonly height: number;
  readonly isMaximized: boolean;
}

export const usualState: WindowState = { width: 1280, height: 840, isMaximized: false };
/** This much of a window must be on a display, else nobody can take hold of it. */
const visiblePx = 100;
const smallest = { width: 900, height: 600 };

/** Where the window was, when the file says so, it makes sense, and a display is still there; else the usual size in the middle. */
export function readWindowState(file: string, displays: readonly Rectangle[]): WindowState {
  let state: unknown;
  try {
    state = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return usualState;
  }
  const { x, y, width, height, isMaximized } = (state ?? {}) as Partial<Record<string, unknown>>;
  if (!isSize(width) || !isSize(height)) return usualState;
  const size = { width: Math.max(width, smallest.width), height: Math.max(height, smallest.height), isMaximized: isMaximized === true };
  const isPlaced = Number.isInteger(x) && Number.isInteger(y);
  const place = { x: x as number, y: y as number };
  return isPlaced && displays.some((display) => overlaps({ ...place, ...size }, display)) ? { ...size, ...place } : size;
}

export function writeWindowState(file: string, state: WindowState): void {
  try {
    writeFileSync(`${file}.part`, JSON.stringify(state));
    renameSync(`${file}.part`, file);
  } catch {
    // The window opens at its usual place next time.
  }
}

function isSize(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 && value < 100_000;
}

function overlaps(window: Rectangle, display: Rectangle): boolean {
  const width = Math.min(window.x + window.width, display.x + display.width) - Math.max(window.x, display.x);
  const height = Math.min(window.y + window.height, display.y + display.height) - Math.max(window.y, display.y);
  // The title bar is at the top: it must not lie above the display.
  return width >= visiblePx && height >= visiblePx && window.y >= display.y - 10;
}
