import { didYouMean } from '../../core/did-you-mean.ts';
import { FootfallError } from '../../core/errors/footfall-error.ts';
import { type EpochMicros, formatInstant } from '../../core/time.ts';
import type { QueryOwner, QueryStore, SavedQuery } from '../../store/query-store.ts';

/** More than anybody finds their way in. */
const MOST = 1_000;

/** A saved query as it is told. */
export interface SavedQueryReport {
  readonly name: string;
  readonly sql: string;
  readonly description: string;
  readonly owner: string;
  readonly created: string;
  readonly changed: string;
}

export const reportOf = ({ owner, created, changed, name, sql, description }: SavedQuery): SavedQueryReport => ({
  name,
  sql,
  description,
  owner: owner.name,
  created: formatInstant(created),
  changed: formatInstant(changed),
});

/** @throws FootfallError `query.saved_unknown` */
export function savedQuery(store: QueryStore, name: string): SavedQuery {
  const found = store.find(name);
  if (found !== undefined) return found;
  const known = store.saved().map((each) => each.name);
  throw new FootfallError('query.saved_unknown', { name, suggestion: didYouMean(name, known) });
}

export interface SavedText {
  readonly sql: string;
  readonly description: string;
}

/** @throws FootfallError `query.saved_taken`, `query.saved_many` */
export function saveQuery(
  store: QueryStore,
  owner: QueryOwner,
  name: string,
  text: SavedText,
  now: EpochMicros,
): SavedQuery {
  if (store.find(name) !== undefined) throw new FootfallError('query.saved_taken', { name });
  if (store.saved().length >= MOST) throw new FootfallError('query.saved_many', { limit: MOST });
  const made = { name, ...text, owner, created: now, changed: now };
  store.save(made);
  return made;
}

/** Who may change a query: whoever saved it, and administrators. */
export interface Changing extends QueryOwner {
  readonly isAdmin: boolean;
}

/** @throws FootfallError `query.saved_unknown`, `query.saved_other` */
export function changeQuery(
  store: QueryStore,
  who: Changing,
  name: string,
  text: SavedText,
  now: EpochMicros,
): SavedQuery {
  const changed = { ...ownQuery(store, who, name), ...text, changed: now };
  store.save(changed);
  return changed;
}

/** @throws FootfallError `query.saved_unknown`, `query.saved_other` */
export function deleteQuery(store: QueryStore, who: Changing, name: string): void {
  store.remove(ownQuery(store, who, name).name);
}

function ownQuery(store: QueryStore, { kind, id, isAdmin }: Changing, name: string): SavedQuery {
  const found = savedQuery(store, name);
  const { owner } = found;
  if (!isAdmin && (owner.kind !== kind || owner.id !== id))
    throw new FootfallError('query.saved_other', { name, owner: owner.name });
  return found;
}
