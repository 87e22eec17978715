import { keyColumns } from '../../compile/changes.ts';
import { isStored } from '../../compile/tables.ts';
import { FootfallError } from '../../core/errors/footfall-error.ts';
import type { Reading } from '../../engine/read.ts';
import type { Shop } from '../../engine/shop.ts';
import type { SinkTable } from '../../sink/sink.ts';
import type { ViewPlan } from '../../view/view.ts';
import { findView } from '../find-view.ts';
import { timeColumn, typesOf } from '../rows/view-columns.ts';

/** The views that a sink copies: those of its list that there are, or all that have stored rows. */
export const viewsFor = (shop: Shop, names: readonly string[] | null): readonly ViewPlan[] =>
  shop.views.filter(
    (view) => isStored(view) && (names === null || names.some((name) => shop.view(name)?.name === view.name)),
  );

/** @throws FootfallError `view.unknown`, `view.not_stored` */
export function checkViews(shop: Shop, names: readonly string[]): void {
  for (const name of names) {
    const view = findView(shop, name);
    if (!isStored(view)) throw new FootfallError('view.not_stored', { view: view.name });
  }
}

const PROVENANCE: Readonly<Record<string, string>> = {
  is_final: 'false while more events may change the row',
  revision: 'how often the row was corrected since it was final',
  late_events: 'events in it that came late',
  epoch: 'the commit that wrote it; null while it is not final',
};

/** A view as a sink keeps it. The view has to be prepared. */
export async function sinkTable({ database }: Reading, view: ViewPlan): Promise<SinkTable> {
  const descriptions = new Map(view.columns.map(({ name, description }) => [name, description]));
  const columns = await typesOf(database, view.name);
  return {
    kit: view.kit,
    name: view.name,
    description: view.description,
    columns: columns.map((column) => ({
      ...column,
      description: descriptions.get(column.name) ?? PROVENANCE[column.name] ?? null,
    })),
    keys: keyColumns(view),
    time: timeColumn(view) ?? null,
  };
}
