import { Turn } from '../../store/turn.ts';

/** Goes on, where something was stopped. */
type GoOn = () => void | Promise<void>;

/**
 * What has files of the data folder open, or remembers what they say: told when somebody was erased, before they are written
 * anew, and when it may go on.
 */
export class LettingGo {
  /** Erasures go one after the other. */
  private readonly turn = new Turn();
  private readonly before = new Set<() => Promise<GoOn>>();
  private readonly holders = new Set<() => Promise<unknown>>();

  /**
   * @param letGo resolves with what goes on again, if anything was stopped
   * @returns to be called when nothing is held any more
   */
  add(letGo: () => Promise<unknown>): () => void {
    this.holders.add(letGo);
    return () => void this.holders.delete(letGo);
  }

  /**
   * For what has files that are read yet, and whose rest is nobody's to write anew: told before an erasure begins.
   * @param finish reads them to their end, and reads no others until it is told to go on
   */
  addReader(finish: () => Promise<GoOn>): () => void {
    this.before.add(finish);
    return () => void this.before.delete(finish);
  }

  /** Runs a whole erasure, one at a time, while no file is being read. */
  alone<T>(work: () => Promise<T>): Promise<T> {
    return this.turn.take(() => during(this.before, work));
  }

  /** Runs `work` while nothing is held. */
  during<T>(work: () => Promise<T>): Promise<T> {
    return during(this.holders, work);
  }
}

async function during<T>(stop: Iterable<() => Promise<unknown>>, work: () => Promise<T>): Promise<T> {
  const goOn: GoOn[] = [];
  try {
    for (const each of stop) {
      const stopped = await each();
      if (typeof stopped === 'function') goOn.push(stopped as GoOn);
    }
    return await work();
  } finally {
    for (const each of goOn.reverse()) await each();
  }
}
