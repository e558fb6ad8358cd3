import { layoutGraph } from './layout.ts';
import type { GraphLayout, LayoutRequest, LayoutSource } from './layout.ts';

/** To the worker: the network once, then what is open. From it: the layout of each request, or why there is none. */
export type LayoutMessage = { readonly source: LayoutSource } | ({ readonly id: number } & LayoutRequest);
export type LayoutAnswer = { readonly id: number; readonly layout: GraphLayout } | { readonly id: number; readonly error: string };

let source: LayoutSource = { elements: [], edges: [] };

addEventListener('message', ({ data }: MessageEvent<LayoutMessage>) => {
  if ('source' in data) {
    source = data.source;
    return;
  }
  const { id, ...request } = data;
  let answer: LayoutAnswer;
  try {
    answer = { id, layout: layoutGraph(source, request) };
  } catch (error) {
    answer = { id, error: error instanceof Error ? error.message : String(error) };
  }
  postMessage(answer);
});
