import { Turn } from '../../store/turn.ts';

/** Goes on, where something was stopped. */
type GoOn = () => void | Promise<void>;

/**
 * What has files of the data folder open, or remembers what they say: told when somebody was erased, before they are written
 * anew, and when it may go on.
 */
export class LettingGo {
  /** Erasures go one after the other. */
  readonly turn = new Turn();
  private readonly holders = new Set<() => Promise<GoOn | void>>();

  /** @returns to be called when nothing is held any more */
  add(letGo: () => Promise<GoOn | void>): () => void {
    this.holders.add(letGo);
    return () => void this.holders.delete(letGo);
  }

  /** Runs `work` while nothing is held. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    const goOn: GoOn[] = [];
    try {
      for (const letGo of this.holders) goOn.push((await letGo()) ?? (() => undefined));
      return await work();
    } finally {
      for (const each of goOn.reverse()) await each();
    }
  }
}
