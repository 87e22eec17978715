import type { PeopleFact } from '../../journal/fact-log.ts';
import type { FactEngine } from '../fact-engine.ts';
import { applyPeople, type PeopleChange } from './apply-people.ts';

/** Links and marks of visitors: all that they say is in the fact, and in the table that questions are answered from. */
export const peopleFacts: FactEngine<PeopleFact, PeopleChange> = {
  read: async (shop, fact) => applyPeople(shop, fact),
  settle: async () => undefined,
};
