import { expect, test } from 'vitest';
import { createCanvas, fillCapsule, fillDisc, fillPanel, type Canvas } from '../../../../datasets/coco-keypoints/synthesize/canvas.ts';

const brush = { owner: 3, part: 7 };
const owned = ({ owners }: Canvas): number => owners.filter((owner) => owner === 3).length;

test('a limb covers its length times its width and two half discs, in its colour where it is flat', () => {
  const canvas = createCanvas(60, 90);
  fillCapsule(canvas, { x1: 20, y1: 30, radius1: 8, x2: 60, y2: 30, radius2: 8 }, [100, 150, 200], 0, brush);
  expect(Math.abs(owned(canvas) / (40 * 16 + Math.PI * 64) - 1)).toBeLessThan(0.06);
  const middle = 30 * 90 + 40;
  expect([...canvas.rgb.subarray(3 * middle, 3 * middle + 3)]).toEqual([100, 150, 200]);
  expect([canvas.parts[middle], canvas.owners[30 * 90 + 69]]).toEqual([7, 0]);
});

test('a round one is darker at its edge', () => {
  const canvas = createCanvas(20, 40);
  fillCapsule(canvas, { x1: 5, y1: 10, radius1: 6, x2: 35, y2: 10, radius2: 6 }, [200, 200, 200], 0.5, brush);
  expect(canvas.rgb[3 * (10 * 40 + 20)]).toBe(200);
  expect(canvas.rgb[3 * (16 * 40 + 20)]).toBe(100);
});

test('what leaves the picture is cut', () => {
  const canvas = createCanvas(10, 10);
  fillCapsule(canvas, { x1: -20, y1: 5, radius1: 3, x2: 30, y2: 5, radius2: 3 }, [1, 1, 1], 0, brush);
  expect(owned(canvas)).toBe(7 * 10);
  fillDisc(canvas, 9, 9, 30, () => [2, 2, 2], brush);
  expect(owned(canvas)).toBe(100);
  const grey = [9, 9, 9] as const;
  fillPanel(canvas, { left: 8, top: -5, width: 50, height: 50 }, [grey, grey], 2, { owner: 4, part: 0 });
  expect(owned(canvas)).toBe(80);
});

test('a disc asks for colours within -1..1', () => {
  const canvas = createCanvas(30, 30);
  const asked: number[] = [];
  fillDisc(canvas, 15, 12, 9, (right, down) => [asked.push(right, down), 0, 0], brush);
  expect(Math.max(...asked)).toBe(1);
  expect(Math.min(...asked)).toBe(-1);
  expect(Math.abs(owned(canvas) / (Math.PI * 81) - 1)).toBeLessThan(0.05);
});
