import { listsOf, pickSql } from '../pick.ts';
import type { EventPick } from '../question.ts';
import { type ListName, type Source, symbolSql } from '../scope.ts';

/** A list, one element an event, and the value of those that do a step. */
interface Sought {
  readonly list: string;
  readonly value: string;
}

function soughtFor(step: EventPick, source: Source): Sought {
  const [type, ...more] = step.types ?? [];
  if (type !== undefined && more.length === 0 && listsOf(step).length === 1)
    return { list: 'types', value: symbolSql(type, source) };
  const base = listsOf(step)[0] ?? 'times';
  const element = (name: ListName): string => (name === base ? 'x' : `${name}[i]`);
  return { list: `list_transform(${base}, lambda x, i: ${pickSql(step, source, element)})`, value: 'TRUE' };
}

/** Place of the first such element after `after`; null where there is none. */
const firstAfter = ({ list, value }: Sought, after: string): string =>
  `${after} + nullif(list_position((${list})[${after} + 1:], ${value}), 0)`;

/** Place of the last such element before `before`. */
const lastBefore = ({ list, value }: Sought, before: string): string =>
  `${before} - list_position(list_reverse((${list})[:${before} - 1]), ${value})`;

/**
 * The attempts of sessions that are no longer than the conversion window, for steps in order: `unit` and `chain` as
 * `Chains` yields them. Each step is first looked for from the left, as far as they go: that is where the attempt that
 * ends first ends. From there each is looked for from the right. Half the time of laying the events out.
 */
export function inSessionChains(sessions: string, steps: readonly EventPick[], source: Source): string {
  const sought = steps.map((step) => soughtFor(step, source));
  const places = sought.reduce(
    (rows, each, i) => `SELECT *, ${firstAfter(each, i === 0 ? '0' : `g${i}`)} AS g${i + 1} FROM (${rows})`,
    `SELECT ${['unit', 'times', ...new Set(steps.flatMap(listsOf))].join(', ')} FROM ${sessions}`,
  );
  const chain = sought.reduceRight<string>((rows, each, i) => {
    const k = i + 1;
    if (k === sought.length) return `SELECT *, g${k} AS b${k} FROM (${rows})`;
    return `SELECT *, CASE WHEN g${k + 1} IS NULL THEN g${k} ELSE ${lastBefore(each, `b${k + 1}`)} END AS b${k} FROM (${rows})`;
  }, places);
  const done = steps.map((_, i) => `epoch_us(times[b${i + 1}])`);
  return `SELECT unit, list_filter([${done.join(', ')}], lambda t: t IS NOT NULL) AS chain FROM (${chain}) WHERE g2 IS NOT NULL`;
}
