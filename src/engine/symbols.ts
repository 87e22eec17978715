/**
 * The shop's symbol table in memory: texts of few distinct values against whole numbers from 1. The engine is the
 * only one that gives out numbers; a parser's own numbers are translated on intake.
 */
export class Symbols {
  private readonly ids = new Map<string, number>();
  /** Text by id; index 0 is never used. */
  readonly texts: string[] = [''];
  private saved: number;
  private forgotten = 0;

  /** `known` are the stored texts in the order of their ids. */
  constructor(known: readonly string[]) {
    for (const text of known) this.idOf(text);
    this.saved = this.texts.length;
  }

  /** The id of a text, given out on first use. */
  idOf(text: string): number {
    let id = this.ids.get(text);
    if (id === undefined) {
      id = this.texts.length;
      this.texts.push(text);
      this.ids.set(text, id);
    }
    return id;
  }

  /** Another text stands for an id from now on: the former one gets a new id where it comes again. */
  forget(id: number, standIn: string): void {
    this.forgotten += 1;
    this.ids.delete(this.textOf(id));
    this.texts[id] = standIn;
    this.ids.set(standIn, id);
  }

  /** Rises when a text is no longer the one of its id: whoever remembers ids looks them up again. */
  get version(): number {
    return this.forgotten;
  }

  textOf(id: number): string {
    return this.texts[id] ?? '';
  }

  /** Texts that are not stored yet, with the id of the first. */
  unsaved(): { readonly first: number; readonly texts: readonly string[] } {
    return { first: this.saved, texts: this.texts.slice(this.saved) };
  }

  /** To be called once what `unsaved` gave is committed. */
  markSaved(): void {
    this.saved = this.texts.length;
  }
}
