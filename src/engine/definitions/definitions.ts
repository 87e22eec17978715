import type { Session } from '../../store/session.ts';
import type { ViewPlan } from '../../view/view.ts';
import { loadSetting, saveSetting } from '../state.ts';

/** What rows are made by: all views of a shop, and the zone that its calendar follows. */
export interface Definitions {
  /** IANA name. */
  readonly zone: string;
  /** Parents before the views made from them. */
  readonly views: readonly ViewPlan[];
}

/** What the stored rows are made by; undefined for a shop that has none yet. */
export async function storedDefinitions(database: Session): Promise<Definitions | undefined> {
  const stored = await loadSetting(database, 'definitions');
  return stored === undefined ? undefined : (JSON.parse(stored) as Definitions);
}

/** Runs inside the transaction that changes the tables. */
export const saveDefinitions = (database: Session, { zone, views }: Definitions): Promise<void> =>
  saveSetting(database, 'definitions', JSON.stringify({ zone, views }));

/**
 * What a view's rows depend on: its own declaration, the zone where it asks for the calendar, and the same of the view
 * that it is made from. Two definitions with one fingerprint have the same rows.
 */
export function fingerprintOf(view: ViewPlan, { zone, views }: Definitions): string {
  const parent = parentOf(view, views);
  return [
    view.fingerprint,
    ...(usesCalendar(view) ? [zone] : []),
    ...(parent === undefined ? [] : [fingerprintOf(parent, { zone, views })]),
  ].join('/');
}

/** The view that another one is made from. */
export function parentOf({ kind }: ViewPlan, views: readonly ViewPlan[]): ViewPlan | undefined {
  return 'parent' in kind ? views.find(({ name }) => name === kind.parent) : undefined;
}

/** Whether a view asks for days, months or hours of the shop's zone. */
export function usesCalendar({ kind, where, columns }: ViewPlan): boolean {
  const asks = (part: unknown): boolean => {
    if (typeof part !== 'object' || part === null) return false;
    const { shape, kind: of, role } = part as { shape?: unknown; kind?: unknown; role?: unknown };
    if (shape === 'calendar' || role === 'month') return true;
    // An anomaly compares whole days.
    return of === 'calendar' || of === 'anomaly' || Object.values(part).some(asks);
  };
  return asks(kind) || asks(where) || asks(columns);
}

/** Views of `own` that are not among `others`, or have other rows there. */
export function differing(own: Definitions, others: Definitions): readonly ViewPlan[] {
  const known = new Map(others.views.map((view) => [view.name, fingerprintOf(view, others)]));
  return own.views.filter((view) => known.get(view.name) !== fingerprintOf(view, own));
}

/** Whether both make the same rows of the same views: words may differ. */
export const sameDefinitions = (a: Definitions, b: Definitions): boolean =>
  a.zone === b.zone && differing(a, b).length === 0 && differing(b, a).length === 0;

/** The definitions in the words of others: labels and descriptions may change without a plan. */
export const wordedAs = ({ zone, views }: Definitions, words: Definitions): Definitions => ({
  zone,
  views: views.map(
    (view) =>
      words.views.find(({ name, fingerprint }) => name === view.name && fingerprint === view.fingerprint) ?? view,
  ),
});
