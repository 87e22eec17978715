import { expect, test } from 'vitest';
import { eventBatch } from '../../test/engine/event-batch.ts';
import { SymbolTable } from '../source/columns/symbol-table.ts';
import { symbolsOf } from './columns.ts';
import { SymbolTranslation } from './intake.ts';
import { Symbols } from './symbols.ts';

test('a word that was erased gets a number of its own where a source that goes on says it again', () => {
  const [symbols, own] = [new Symbols([]), new SymbolTable([])];
  const translation = new SymbolTranslation(symbols);
  const said = (brands: readonly string[]) => {
    const events = brands.map((brand) => ({ event_time: '2020-03-01T00:00:00Z', event_type: 'view', brand }));
    const placed = events.map((event, position) => ({ event, partition: 0, position }));
    const batch = eventBatch(placed, [{ partition: 'p', position: 0, clock: null, ended: false }], own);
    return [...(symbolsOf(translation.translate(batch, 'all')['brand']) ?? [])].map((id) => symbols.textOf(id));
  };
  expect(said(['acme', 'other'])).toEqual(['acme', 'other']);
  symbols.forget(symbols.idOf('acme'), '~erased~');
  expect(said(['other', 'acme', 'new'])).toEqual(['other', 'acme', 'new']);
  expect(said(['acme'])).toEqual(['acme']);
});
