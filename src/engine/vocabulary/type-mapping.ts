import type { Session } from '../../store/session.ts';
import { loadSetting, saveSetting } from '../state.ts';

/** Words for event types, as they were sent, and the types that they stand for. */
export type TypeMapping = ReadonlyMap<string, string>;

const SETTING = 'event_types';

/** The mapping in force. */
export async function storedTypes(database: Session): Promise<TypeMapping> {
  return new Map(Object.entries(JSON.parse((await loadSetting(database, SETTING)) ?? '{}') as Record<string, string>));
}

/** Inside the transaction that changes what rows are made of. */
export const saveTypes = (database: Session, types: TypeMapping): Promise<void> =>
  saveSetting(database, SETTING, JSON.stringify(Object.fromEntries(types)));
