import type { ViewPlan } from '../../view/view.ts';
import { type Definitions, fingerprintOf, parentOf, usesCalendar } from './definitions.ts';

/** How a view would be another one. */
export interface ViewDifference {
  readonly view: string;
  readonly change: 'added' | 'removed' | 'changed';
  /** Why, in words: the parts of its own declaration, the zone, the view that it is made from. */
  readonly reasons: readonly string[];
  readonly columns: ColumnDifference;
}

/** Names of published columns. */
export interface ColumnDifference {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly string[];
}

export interface DefinitionsDifference {
  readonly zone: { readonly before: string; readonly after: string } | null;
  readonly views: readonly ViewDifference[];
  readonly unchanged: readonly string[];
}

/**
 * Compares the definitions in force with others: by fingerprint, so that words may differ.
 * @example compareDefinitions(shop.definitions, declared).views // [{ view: 'sales', change: 'changed', reasons: ['declaration: where'], ... }]
 */
export function compareDefinitions(before: Definitions, after: Definitions): DefinitionsDifference {
  const known = new Map(before.views.map((view) => [view.name, view]));
  const removed = before.views.filter(({ name }) => !after.views.some((view) => view.name === name));
  const unchanged: string[] = [];
  const views: ViewDifference[] = [];
  for (const view of after.views) {
    const old = known.get(view.name);
    if (old === undefined) views.push({ view: view.name, change: 'added', reasons: [], columns: NO_COLUMNS });
    else if (fingerprintOf(old, before) === fingerprintOf(view, after)) unchanged.push(view.name);
    else
      views.push({
        view: view.name,
        change: 'changed',
        reasons: reasonsOf(old, before, view, after),
        columns: columnsOf(old, view),
      });
  }
  for (const { name } of removed) views.push({ view: name, change: 'removed', reasons: [], columns: NO_COLUMNS });
  return { zone: before.zone === after.zone ? null : { before: before.zone, after: after.zone }, views, unchanged };
}

const NO_COLUMNS: ColumnDifference = { added: [], removed: [], changed: [] };
const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

function reasonsOf(old: ViewPlan, before: Definitions, view: ViewPlan, after: Definitions): readonly string[] {
  const reasons: string[] = [];
  const parts = partsOf(old, view);
  if (parts.length > 0) reasons.push(`declaration: ${parts.join(', ')}`);
  if (before.zone !== after.zone && usesCalendar(view)) reasons.push(`zone: ${before.zone} → ${after.zone}`);
  const [oldParent, parent] = [parentOf(old, before.views), parentOf(view, after.views)];
  if (
    oldParent !== undefined &&
    parent !== undefined &&
    fingerprintOf(oldParent, before) !== fingerprintOf(parent, after)
  )
    reasons.push(`made from ${parent.name}`);
  return reasons;
}

/** Which parts of the declaration differ: those of its kind by name, then `where` and `columns`. */
function partsOf(old: ViewPlan, view: ViewPlan): readonly string[] {
  const [a, b] = [old.kind, view.kind] as unknown as Readonly<Record<string, unknown>>[];
  const kind = [...new Set([...Object.keys(a ?? {}), ...Object.keys(b ?? {})])].filter(
    (name) => !same(a?.[name], b?.[name]),
  );
  const values = ({ columns }: ViewPlan) => columns.map(({ name, value }) => [name, value]);
  return [
    ...kind,
    ...(same(old.where, view.where) ? [] : ['where']),
    ...(same(values(old), values(view)) ? [] : ['columns']),
  ];
}

function columnsOf(old: ViewPlan, view: ViewPlan): ColumnDifference {
  const before = new Map(old.columns.map(({ name, value }) => [name, value]));
  const after = new Map(view.columns.map(({ name, value }) => [name, value]));
  return {
    added: [...after.keys()].filter((name) => !before.has(name)),
    removed: [...before.keys()].filter((name) => !after.has(name)),
    changed: [...after.keys()].filter((name) => before.has(name) && !same(before.get(name), after.get(name))),
  };
}
