import { didYouMean } from '../../core/did-you-mean.ts';
import { FootfallError } from '../../core/errors/footfall-error.ts';
import type { CalendarUnit } from '../../engine/protocol/calendar.ts';
import type { ViewPlan } from '../../view/view.ts';
import { type TypedColumn, timeColumn } from './view-columns.ts';

const UNITS: readonly string[] = ['hour', 'day', 'week', 'month'];
/** One group of all rows. */
const TOTAL = 'total';

/** What rows are grouped by: columns, and at most one calendar unit of the view's time. */
export interface GroupKeys {
  readonly columns: readonly string[];
  readonly unit: CalendarUnit | null;
}

/**
 * What a list of words means to group by. A column of the view goes before a word of the calendar.
 * @throws FootfallError `query.group`
 */
export function groupKeys(view: ViewPlan, words: readonly string[], typed: readonly TypedColumn[]): GroupKeys {
  const columns: string[] = [];
  const units: CalendarUnit[] = [];
  for (const word of new Set(words)) {
    const refuse = (reason: string): never => {
      throw new FootfallError('query.group', { view: view.name, group: word, reason });
    };
    const type = typed.find(({ name }) => name === word)?.type;
    if (type !== undefined) {
      if (type.endsWith('[]')) refuse('it is a list');
      columns.push(word);
    } else if (UNITS.includes(word)) {
      if (timeColumn(view) === undefined) refuse('the view has no time');
      if (units.length > 0) refuse(`${units[0]} is asked for already`);
      units.push(word as CalendarUnit);
    } else if (word !== TOTAL || words.length > 1) {
      const known = [...typed.map(({ name }) => name), ...UNITS, TOTAL];
      refuse(word === TOTAL ? 'a total has no other groups' : `there is no such column${didYouMean(word, known)}`);
    }
  }
  return { columns, unit: units[0] ?? null };
}
