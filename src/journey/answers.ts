/** Answers to questions about one committed state, the latest asked ones: a panel that is looked at again costs nothing. */
export class Answers {
  private readonly most: number;
  private readonly kept = new Map<string, unknown>();
  private version = '';

  /** @param most answers that are kept */
  constructor(most: number) {
    this.most = most;
  }

  /** @param version names the committed state: answers about another one are forgotten */
  find<T>(version: string, question: string): T | undefined {
    this.turnTo(version);
    const found = this.kept.get(question) as T | undefined;
    if (found !== undefined) {
      this.kept.delete(question);
      this.kept.set(question, found);
    }
    return found;
  }

  /** An answer about a state that is no longer asked about is not kept: counting may take longer than a state lasts. */
  keep(version: string, question: string, answer: unknown): void {
    if (version !== this.version) return;
    this.kept.set(question, answer);
    const [oldest] = this.kept.keys();
    if (this.kept.size > this.most && oldest !== undefined) this.kept.delete(oldest);
  }

  private turnTo(version: string): void {
    if (version !== this.version) this.kept.clear();
    this.version = version;
  }
}
