import { findPublished } from '../../../../engine/catalog.ts';
import type { DpcCell } from '../../../../engine/spaces/dpc/cell.ts';
import { cellOf } from '../../../../engine/spaces/dpc/choices.ts';
import { withDefaults } from '../../../../engine/spaces/dpc/settings.ts';

/** The cell of a published network, in its own order. */
export function publishedCell(name: string): DpcCell {
  const { choices, settings } = findPublished(`dpc:${name}`);
  return cellOf(choices, withDefaults(settings));
}
