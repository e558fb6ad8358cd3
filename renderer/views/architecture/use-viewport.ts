import { useElementSize } from '@vueuse/core';
import { computed, ref, shallowRef } from 'vue';
import type { Ref } from 'vue';

export interface Viewport {
  /** Where the drawing's origin lies in the window, in px, and its scale. */
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const zoomRange = [0.03, 2] as const;
const margin = 20;

/** The part of a large drawing that a window shows: moved and scaled with pointer, wheel and commands. */
export function useViewport(element: Readonly<Ref<HTMLElement | null>>) {
  const view = shallowRef<Viewport>({ x: 0, y: 0, zoom: 1 });
  const { width, height } = useElementSize(element);
  const isDragged = ref(false);
  let grip: { readonly x: number; readonly y: number; readonly pointer: number } | undefined;

  /** Scales about a point of the window. */
  function zoomBy(factor: number, at: readonly [number, number] = [width.value / 2, height.value / 2]): void {
    const { x, y, zoom } = view.value;
    const next = Math.min(zoomRange[1], Math.max(zoomRange[0], zoom * factor));
    const ratio = next / zoom;
    view.value = { x: at[0] - (at[0] - x) * ratio, y: at[1] - (at[1] - y) * ratio, zoom: next };
  }

  function moveBy(x: number, y: number): void {
    view.value = { ...view.value, x: view.value.x + x, y: view.value.y + y };
  }

  /** All of it when that is readable (`least` is the smallest scale), else its upper part. */
  function fit([w, h]: readonly [number, number], least: number = zoomRange[0]): void {
    if (width.value === 0 || w === 0) return;
    const whole = Math.min((width.value - 2 * margin) / w, (height.value - 2 * margin) / h, 1);
    const zoom = Math.max(whole, least, zoomRange[0]);
    view.value = {
      zoom,
      x: (width.value - w * zoom) / 2,
      y: h * zoom + 2 * margin <= height.value ? (height.value - h * zoom) / 2 : margin,
    };
  }

  /** Brings a rectangle into the middle when it is not wholly in sight. */
  function reveal({ x, y, width: w, height: h }: Rectangle, always = false): void {
    const zoom = Math.max(view.value.zoom, always ? 0.6 : 0);
    const left = x * zoom + view.value.x;
    const top = y * zoom + view.value.y;
    const isSeen = zoom === view.value.zoom && left >= 0 && top >= 0 && left + w * zoom <= width.value && top + h * zoom <= height.value;
    if (isSeen) return;
    view.value = { zoom, x: width.value / 2 - (x + w / 2) * zoom, y: height.value / 2 - (y + h / 2) * zoom };
  }

  function onWheel(event: WheelEvent): void {
    event.preventDefault();
    if (event.ctrlKey || event.metaKey) {
      const box = element.value?.getBoundingClientRect();
      zoomBy(Math.exp(-event.deltaY / 240), [event.clientX - (box?.left ?? 0), event.clientY - (box?.top ?? 0)]);
    } else if (event.shiftKey && event.deltaX === 0) moveBy(-event.deltaY, 0);
    else moveBy(-event.deltaX, -event.deltaY);
  }

  function onPointerDown(event: PointerEvent): void {
    if (event.button !== 0 && event.button !== 1) return;
    grip = { x: event.clientX, y: event.clientY, pointer: event.pointerId };
    isDragged.value = false;
  }

  function onPointerMove(event: PointerEvent): void {
    if (grip === undefined || event.pointerId !== grip.pointer) return;
    const [dx, dy] = [event.clientX - grip.x, event.clientY - grip.y];
    // A click shakes a little; the pointer is taken only when it really drags, so that clicks reach what is under it.
    if (!isDragged.value && Math.hypot(dx, dy) < 4) return;
    if (!isDragged.value) element.value?.setPointerCapture(event.pointerId);
    isDragged.value = true;
    moveBy(dx, dy);
    grip = { ...grip, x: event.clientX, y: event.clientY };
  }

  function onPointerUp(): void {
    grip = undefined;
  }

  /** The window in the drawing's own measure. */
  const seen = computed<Rectangle>(() => {
    const { x, y, zoom } = view.value;
    return { x: -x / zoom, y: -y / zoom, width: width.value / zoom, height: height.value / zoom };
  });

  return { view, seen, width, height, isDragged, zoomBy, moveBy, fit, reveal, onWheel, onPointerDown, onPointerMove, onPointerUp };
}
