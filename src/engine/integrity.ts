import type { Database } from '../store/database.ts';
import type { Intake } from './intake.ts';
import type { Symbols } from './symbols.ts';
import type { BatchOrigin } from './write-batch.ts';

/** placeholder */
export class Integrity {
  private readonly symbols: Symbols;
  constructor(symbols: Symbols) {
    this.symbols = symbols;
  }
  async write(_database: Database, _intake: Intake, _origin: BatchOrigin): Promise<void> {}
}
