import type { EventBatch, Rejected } from '../core/batch.ts';
import type { Database } from '../store/database.ts';
import { columnOf, type Intake } from './intake.ts';
import type { Symbols } from './symbols.ts';

/** What identity made of a batch. */
export interface IdentityOutcome {
  /** Rows that stay, ascending; null when all do. */
  readonly kept: readonly number[] | null;
  /** Copies that were left out. */
  readonly duplicates: number;
  /** Events whose id another event with other content has. */
  readonly conflicts: readonly Rejected[];
}

const ALL: IdentityOutcome = { kept: null, duplicates: 0, conflicts: [] };

/** placeholder until the filter is in place */
export class Identity {
  private readonly database: Database;
  private readonly symbols: Symbols;

  constructor(database: Database, symbols: Symbols) {
    this.database = database;
    this.symbols = symbols;
  }

  async load(): Promise<void> {}

  async examine(_batch: EventBatch, intake: Intake): Promise<IdentityOutcome> {
    const ids = columnOf(intake, 'event_id');
    if (ids.kind === 'absent') return ALL;
    return ALL;
  }

  remember(_intake: Intake, _firstSeq: number): void {}
}
