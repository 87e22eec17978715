/** Whether a server can be sent events and asked for rows, and what ends it when it cannot any more. */
export class Readiness {
  private readonly why = new Set<string>();
  private readonly ended = Promise.withResolvers<unknown>();

  /** In words; empty when it is ready. */
  get reasons(): readonly string[] {
    return [...this.why];
  }

  /** Resolves with what the first piece of work failed with. */
  get failed(): Promise<unknown> {
    return this.ended.promise;
  }

  /** Not ready for this reason, until it is taken back. @returns takes it back */
  lacks(reason: string): () => void {
    this.why.add(reason);
    return () => void this.why.delete(reason);
  }

  /** Work that has to go on as long as the server does. @param reason what is so once it has failed */
  depend(working: Promise<unknown>, reason: string): void {
    working.catch((error: unknown) => {
      this.why.add(reason);
      this.ended.resolve(error);
    });
  }
}
