import type { Fact } from '../journal/fact-log.ts';
import type { Shop } from './shop.ts';

/**
 * What the engine asks of a kind of fact. A fact acts in three steps, so that whatever fails on the way leaves database
 * and memory as they were: what it is about is read outside of its transaction; rows and marks change inside; what memory
 * keeps of them changes once they are committed.
 *
 * Facts act one after the other, in the order of their numbers, while nothing else writes.
 */
export interface FactEngine<F extends Fact, Outcome> {
  /**
   * Reads what a recorded fact is about: after a crash, or to rebuild a database.
   * @throws FootfallError `journal.copy` when the file that it is about is lost
   */
  read(shop: Shop, fact: F, number: number): Promise<ApplyFact<Outcome>>;
  /**
   * Brings memory in line with the committed rows of all facts of the kind, when a shop is opened. It may change rows, in
   * transactions of its own, where the shop's settings are others than those that the facts acted under.
   */
  settle(shop: Shop): Promise<void>;
}

/** Changes rows, and marks what was closed over them (`markChanged`, `markKeys`), inside the fact's transaction. */
export type ApplyFact<Outcome> = (number: number) => Promise<AppliedFact<Outcome>>;

export interface AppliedFact<Outcome> {
  readonly outcome: Outcome;
  /** Takes what was committed into use in memory. It cannot fail. */
  readonly remember?: () => void;
}
