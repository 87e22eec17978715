import { readFileSync } from 'node:fs';
import type { EpochMicros } from '../../core/time.ts';
import { wholeCopy } from '../../journal/fact-copy.ts';
import type { DefinitionsFact } from '../../journal/fact-log.ts';
import { followZone } from '../dimension/rates.ts';
import type { ApplyFact, FactEngine } from '../fact-engine.ts';
import type { Shop } from '../shop.ts';
import { type Definitions, sameDefinitions } from './definitions.ts';
import { switchOver } from './switch-over.ts';
import { takeHold } from './take-hold.ts';

/** Which definitions are in force: the fact names a kept copy of them. */
export const definitionsFacts: FactEngine<DefinitionsFact, void> = {
  read: async (shop, fact, number) => putInForce(shop, definitionsOf(shop, fact, number), fact.recorded),
  settle: async () => undefined,
};

/** Changes the tables so that definitions are in force. */
export const putInForce =
  (shop: Shop, definitions: Definitions, recorded: EpochMicros): ApplyFact<void> =>
  async () => {
    if (sameDefinitions(shop.definitions, definitions)) return { outcome: undefined };
    const follow = await followZone(shop, definitions.zone);
    const { beside, final } = shop;
    const ready = beside !== null && final.reached === null && sameDefinitions(beside.definitions, definitions);
    const take = ready ? await switchOver(shop, recorded) : await takeHold(shop, definitions, recorded);
    return {
      outcome: undefined,
      remember: () => {
        take();
        follow();
        shop.noteHighWater();
      },
    };
  };

/** One definition that was put in force. */
export interface Applied {
  /** Number of the fact. */
  readonly number: number;
  readonly recorded: EpochMicros;
  readonly definitions: Definitions;
}

/**
 * All definitions that were ever put in force, oldest first.
 * @throws FootfallError `journal.facts`, `journal.copy`
 */
export const appliedDefinitions = (shop: Pick<Shop, 'facts'>): readonly Applied[] =>
  shop.facts
    .read()
    .flatMap((fact, i) =>
      fact.kind === 'definitions'
        ? [{ number: i + 1, recorded: fact.recorded, definitions: definitionsOf(shop, fact, i + 1) }]
        : [],
    );

/** The newest of them. */
export function lastApplied(shop: Pick<Shop, 'facts'>): Applied | undefined {
  const all = shop.facts.read();
  const index = all.findLastIndex(({ kind }) => kind === 'definitions');
  const fact = all[index];
  return fact?.kind === 'definitions'
    ? { number: index + 1, recorded: fact.recorded, definitions: definitionsOf(shop, fact, index + 1) }
    : undefined;
}

const definitionsOf = ({ facts }: Pick<Shop, 'facts'>, fact: DefinitionsFact, number: number): Definitions =>
  JSON.parse(readFileSync(wholeCopy(facts.folder, fact, number), 'utf8')) as Definitions;
