import { FootfallError } from '../core/errors/footfall-error.ts';

/** So many at once; others wait in line, and where the line is long they are sent away. */
export class Places {
  private readonly most: number;
  private readonly waiting: number;
  private taken = 0;
  private readonly line: (() => void)[] = [];

  constructor(most: number, waiting: number) {
    this.most = most;
    this.waiting = waiting;
  }

  /**
   * Waits for a place.
   * @returns what gives it free again
   * @throws FootfallError `query.busy` where too many wait, `query.cancelled` when the signal is aborted meanwhile
   */
  async enter(signal?: AbortSignal): Promise<() => void> {
    if (this.taken < this.most) this.taken += 1;
    else {
      if (this.line.length >= this.waiting) throw new FootfallError('query.busy', { waiting: this.line.length });
      await this.turn(signal);
    }
    let left = false;
    return () => {
      if (left) return;
      left = true;
      const next = this.line.shift();
      // The place goes from one to the other: nobody slips in between.
      if (next === undefined) this.taken -= 1;
      else next();
    };
  }

  private turn(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const go = (): void => {
        signal?.removeEventListener('abort', stop);
        resolve();
      };
      const stop = (): void => {
        this.line.splice(this.line.indexOf(go), 1);
        reject(new FootfallError('query.cancelled', {}));
      };
      if (signal?.aborted === true) return reject(new FootfallError('query.cancelled', {}));
      signal?.addEventListener('abort', stop, { once: true });
      this.line.push(go);
    });
  }
}
