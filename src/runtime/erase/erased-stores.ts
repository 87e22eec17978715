import { erasedImports } from './erase-imports.ts';
import { erasedLake } from './erase-lake.ts';
import type { ErasedStore } from './erased-store.ts';
import { erasedFacts } from './rewrite-facts.ts';
import { erasedJournal } from './rewrite-journal.ts';

/** All files that may name people: what is kept in a new place has to be told here. */
export const ERASED_STORES: readonly ErasedStore[] = [erasedFacts, erasedJournal, erasedLake, erasedImports];
