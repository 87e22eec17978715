import { integritySql } from '../../src/compile/integrity.ts';
import { RAW_OPTIONAL, rawType, rawView } from '../../src/compile/raw.ts';
import { goldenContext } from './golden-sql.ts';

/** Raw events: the types of their columns, the view over those that are there, and what they are verified by. */
export function goldenRaw(): string {
  const { widths } = goldenContext;
  const types = RAW_OPTIONAL.map((name) => `${name} ${rawType(name, widths)}`).join(', ');
  const statements = [
    ['types', types],
    ['without any', rawView([], widths)],
    ['with some', rawView(['price', 'user_id', 'id_hash'], widths)],
    ['integrity', integritySql('raw', 'seq <= 9')],
  ];
  return statements.map(([title, sql]) => `-- ${title}\n${sql}\n`).join('\n');
}
