import { frontCsv } from '../../../engine/export/front-csv.ts';
import { frontLatex } from '../../../engine/export/front-latex.ts';
import { frontSvg } from '../../../engine/export/front-svg.ts';
import type { FrontAxis, FrontLimits } from '../../../engine/export/front-row.ts';
import type { FrontExport, FrontExportRequest } from '../../ipc/tradeoff.ts';
import { writeExport } from '../write-export.ts';
import { frontView } from './front-view.ts';
import type { Selection } from './selections.ts';

const endings = { csv: 'csv', svg: 'svg', latex: 'tex', json: 'json' } as const;

/** Writes a front as a file; an existing one is replaced. */
export function exportFront(home: string, selection: Selection, request: FrontExportRequest): FrontExport {
  const ids = selection.sources.map(({ id }) => id);
  const name = `front-${ids.slice(0, 3).join('-')}${ids.length > 3 ? `-and-${ids.length - 3}` : ''}.${endings[request.format]}`;
  const written = writeExport(home, name, request.target, frontText(selection, request));
  return { ...written, trials: selection.table.rows.length };
}

function frontText(selection: Selection, request: FrontExportRequest): string {
  const { table, sources } = selection;
  const title = request.title ?? `Accuracy against cost: ${sources.map(({ name }) => name).join(', ')}`;
  switch (request.format) {
    case 'csv':
      return frontCsv(table);
    case 'latex':
      return frontLatex(table, title);
    case 'svg': {
      const limit = limitOn(request.limits ?? {}, table.axis);
      return frontSvg(table, title, {
        logX: request.logX ?? false,
        ...(limit === undefined ? {} : { limits: [limit] }),
        ...(request.staircases === undefined ? {} : { staircases: request.staircases }),
      });
    }
    case 'json':
      return `${JSON.stringify(frontView(selection, request.limits ?? {}), null, 1)}\n`;
  }
}

function limitOn(limits: FrontLimits, axis: FrontAxis): number | undefined {
  return { macs: limits.maxMacs, params: limits.maxParams, activationBytes: limits.maxActivationBytes, latency: limits.maxLatencyMs }[axis];
}
