import type { Session } from '../../store/session.ts';
import type { ViewPlan } from '../../view/view.ts';
import { loadSetting, saveSetting } from '../state.ts';

/** By view: the epoch from which on its rows are by the definition in force; a view that is not there always was. */
export type Since = ReadonlyMap<string, number>;

export async function loadSince(database: Session): Promise<Since> {
  const stored = JSON.parse((await loadSetting(database, 'view_since')) ?? '{}') as Record<string, number>;
  return new Map(Object.entries(stored));
}

/** Those of views that stay, and of views whose definition takes hold in an epoch. */
export const sinceOf = (kept: Iterable<readonly [string, number]>, fresh: readonly ViewPlan[], epoch: number): Since =>
  new Map([...kept, ...fresh.map(({ name }) => [name, epoch] as const)]);

/** Runs inside the transaction in which a definition takes hold. */
export const saveSince = (database: Session, since: Since): Promise<void> =>
  saveSetting(database, 'view_since', JSON.stringify(Object.fromEntries(since)));
