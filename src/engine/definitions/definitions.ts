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

/** What a view's rows depend on: a view made from another changes with it, and calendar windows with the shop's zone. */
export function fingerprintOf(view: ViewPlan, { zone, views }: Definitions): string {
  const { kind } = view;
  const parent = 'parent' in kind ? views.find(({ name }) => name === kind.parent)?.fingerprint : undefined;
  return [view.fingerprint, zone, ...(parent === undefined ? [] : [parent])].join('/');
}
