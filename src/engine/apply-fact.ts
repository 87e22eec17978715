import type { Fact } from '../journal/fact-log.ts';
import { crashPoint } from './crash-point.ts';
import { definitionsFacts } from './definitions/definitions-facts.ts';
import { dimensionFacts } from './dimension/dimension-facts.ts';
import { erasureFacts } from './erase/erase-facts.ts';
import type { ApplyFact, FactEngine } from './fact-engine.ts';
import { peopleFacts } from './people/people-facts.ts';
import { repairFacts, repairUndoneFacts } from './repair/repair-facts.ts';
import type { Shop } from './shop.ts';
import { loadSetting, saveSetting } from './state.ts';
import { vocabularyFacts } from './vocabulary/vocabulary-facts.ts';
import { writeSymbols } from './write-batch.ts';

const ENGINES: { readonly [K in Fact['kind']]: FactEngine<Extract<Fact, { kind: K }>, unknown> } = {
  dimension: dimensionFacts,
  definitions: definitionsFacts,
  repair: repairFacts,
  'repair-undone': repairUndoneFacts,
  people: peopleFacts,
  erasure: erasureFacts,
  vocabulary: vocabularyFacts,
};

const engineOf = ({ kind }: Fact): FactEngine<Fact, unknown> => ENGINES[kind] as FactEngine<Fact, unknown>;

/** A fact that is to be given, and what it changes. */
export interface PreparedFact<Outcome> {
  readonly fact: Fact;
  readonly apply: ApplyFact<Outcome>;
}

/**
 * Gives a new fact: it is on disk before it acts, and acts after all that were given before it.
 *
 * Caller holds the database exclusively, and has closed slices follow (`Engine.change`).
 *
 * @param prepare says what the fact is and reads what it is about; nothing is recorded when it throws
 * @throws FootfallError what `prepare` throws; `journal.facts`, `journal.copy` when an earlier fact cannot act
 */
export async function giveFact<Outcome>(shop: Shop, prepare: () => Promise<PreparedFact<Outcome>>): Promise<Outcome> {
  // One whose application failed is on disk and acts first: whatever comes later was said knowing it.
  await applyMissingFacts(shop);
  const { fact, apply } = await prepare();
  const number = shop.facts.append(fact);
  crashPoint('fact.written');
  return commitFact(shop, number, apply);
}

/**
 * Applies the facts that the database has not seen: after a crash or failure between log and database, or a rebuild.
 * @throws FootfallError `journal.facts` when one is lost, `journal.copy` when the file of one is
 */
export async function applyMissingFacts(shop: Shop): Promise<void> {
  shop.factsApplied = await storedCount(shop);
  const facts = shop.facts.settle(shop.factsApplied);
  for (const fact of facts.slice(shop.factsApplied)) {
    const number = shop.factsApplied + 1;
    await commitFact(shop, number, await engineOf(fact).read(shop, fact, number));
  }
}

/** Brings memory in line with all facts that acted. */
export async function settleFacts(shop: Shop): Promise<void> {
  for (const engine of Object.values(ENGINES)) await engine.settle(shop);
}

async function commitFact<Outcome>(shop: Shop, number: number, apply: ApplyFact<Outcome>): Promise<Outcome> {
  const { database, symbols } = shop;
  const { outcome, remember } = await database.transaction(async () => {
    const before = await storedCount(shop);
    if (before !== number - 1) throw new Error(`fact ${number} comes after fact ${before}`);
    const applied = await apply(number);
    const fresh = symbols.unsaved();
    await writeSymbols(database, fresh.first, fresh.texts);
    await saveSetting(database, 'facts_applied', String(number));
    return applied;
  });
  symbols.markSaved();
  shop.factsApplied = number;
  remember?.();
  crashPoint('fact.applied');
  return outcome;
}

const storedCount = async ({ database }: Shop): Promise<number> =>
  Number((await loadSetting(database, 'facts_applied')) ?? 0);
