import { expect, test } from 'vitest';
import { catalog } from '../../shop/views/catalog.ts';
import { base, type Columns, hourly, problems, said, withColumn } from '../../test/view/own-view.ts';
import { FootfallError } from '../core/errors/footfall-error.ts';
import { hours, minutes, seconds } from '../core/time.ts';
import { viewProblems } from './check.ts';
import {
  arrival,
  duration,
  field,
  key,
  measure,
  project,
  rollup,
  session,
  sessionPart,
  window,
  windowEnd,
  windowStart,
  words,
} from './columns.ts';
import * as e from './expression.ts';
import { calendar, sliding, tumbling } from './kind.ts';
import * as m from './measure.ts';
import { type ColumnPlan, view } from './view.ts';

test('a mistake is told with its file and line, the view, the column, and what may be meant', () => {
  const declare = () =>
    view({
      name: 'own_view',
      kit: 'shop',
      ...said,
      kind: hourly,
      columns: {
        ...base,
        value: measure(m.sum(e.parent('prise')), said),
        other: measure(m.sum(e.event('brand')), said),
      },
    });
  expect(declare).toThrow(FootfallError);
  expect(declare).toThrow(
    /src\/view\/check\.test\.ts:\d+: view own_view: column value: there is no event column prise \(did you mean "price"\?\); column other: sum is made of money or whole numbers, not of text$/,
  );
});

test('what is right passes, in every kind', () => {
  for (const each of catalog) expect(viewProblems(each)).toEqual([]);
  const columns = {
    ...base,
    hour: key(e.hourOf(e.event('event_time')), said),
    first_brand: measure(m.first(e.event('brand')), said),
    last_time: measure(m.max(e.event('event_time')), said),
    spread: measure(m.stddev(e.event('quantity')), said),
    typical: measure(m.median(e.event('price')), said),
    share: measure(m.ratio(m.sum(e.event('amount')), m.count(), 'events'), said),
    pairs: measure(m.plus(m.count(), m.distinct(e.event('order_id'))), said),
  };
  const where = e.all(
    e.above(e.event('price'), 3),
    e.equals(e.event('user_id'), 'u1'),
    e.equals(e.event('brand'), 'x'),
    e.above(e.event('event_time'), '2020-01-31T00:00:00Z'),
    e.above(e.elapsed(e.event('event_time'), e.event('event_time')), 0),
    { kind: 'compare', op: '=', left: e.event('user_id'), right: e.event('order_id') },
    { kind: 'compare', op: '<', left: e.event('price'), right: e.event('quantity') },
    { kind: 'compare', op: '>=', left: e.monthOf(e.event('event_time')), right: e.literal('2020-01') },
    e.any(e.missing(e.event('channel')), e.literal(true)),
  );
  expect(problems({ where, columns })).toEqual([]);
  expect(problems({ kind: window(sliding(hours(24), minutes(5))), columns })).toEqual([]);
  expect(problems({ kind: window(calendar('week')), columns })).toEqual([]);
  expect(withColumn(field(e.event('coupon'), said), project())).not.toEqual([]);
  expect(
    problems({
      kind: project(),
      columns: { code: field(e.event('coupon'), said), name: field(e.user('name'), said), at: arrival(said) },
    }),
  ).toEqual([]);
});

test('everything is said in words', () => {
  expect(problems({ label: ' ', columns: base })).toEqual(['a view has a label and a description']);
  expect(problems({ description: '', columns: base })).toEqual(['a view has a label and a description']);
  for (const wording of [words('', 'x'), words('x', ' ')])
    expect(withColumn(measure(m.count(), wording))).toEqual(['column total: a column has a label and a description']);
  expect(withColumn(measure(m.count(), words('x', 'x', '')))).toEqual([
    'column total: the unit is empty: leave it out',
  ]);
});

test('a name that is there twice is told', () => {
  const column: ColumnPlan = { name: 'events', ...measure(m.count(), said) };
  const plan = { name: 'x', kit: 'shop', ...said, kind: hourly, fingerprint: '' } as const;
  expect(
    viewProblems({
      ...plan,
      columns: [{ name: 'window_start', ...windowStart() }, { name: 'window_end', ...windowEnd() }, column, column],
    }),
  ).toEqual(['column events: the name is there twice']);
});

const lacksStart = (kind: string) =>
  `a ${kind} view has a column with the start of the window: window_start: windowStart()`;
const lacksEnd = (kind: string) => `a ${kind} view has a column with the end of the window: window_end: windowEnd()`;

test('windows have their bounds and a measure', () => {
  const events = measure(m.count(), said);
  expect(problems({})).toEqual([
    'a view has at least one column',
    lacksStart('window'),
    lacksEnd('window'),
    'a window view has at least one measure',
  ]);
  expect(problems({ columns: { to: windowEnd(), events } })).toEqual([lacksStart('window')]);
  expect(problems({ columns: { from: windowStart(), events } })).toEqual([lacksEnd('window')]);
  expect(withColumn(sessionPart('id', said))).toEqual([
    'column total: a window view has columns of the roles window, month, key, measure, not session',
  ]);
});

test('sessions have their id, start and end', () => {
  const kind = session({ gap: minutes(30), split: false, byVisitor: false });
  const [id, start, end] = (['id', 'start', 'end'] as const).map((part) => sessionPart(part, said)) as [
    Columns[string],
    Columns[string],
    Columns[string],
  ];
  const length = duration(seconds(1), true, said);
  const all = { id, start, end };
  const check = (columns: Columns, more: object = {}) => problems({ kind: { ...kind, ...more }, columns });
  expect(check(all)).toEqual([]);
  expect(check({ id, start, length })).toEqual([]);
  expect(check({ start, end })).toEqual(["a session view has a column with the session's id"]);
  expect(check({ id, end })).toEqual(["a session view has a column with the session's start"]);
  expect(check({ id, start })).toEqual(["a session view has a column with the session's end or its duration"]);
  expect(check({ ...all, window_start: windowStart() })).toEqual([
    'column window_start: a session view has columns of the roles session, elapsed, measure, not window',
  ]);
  expect(check(all, { byVisitor: true })).toEqual(['a session view by visitor has a column with the visitor']);
  expect(check({ ...all, visitor: sessionPart('visitor', said) }, { byVisitor: true })).toEqual([]);
  expect(check(all, { split: true })).toEqual([]);
  expect(check({ ...all, visitor: sessionPart('visitor', said) }, { split: true, byVisitor: true })).toEqual([
    'sessions that are split have no visitor in their key: choose one',
  ]);
  expect(check(all, { gap: 0 })).toEqual(['the gap is not above 0']);
  for (const unit of [0, -1, 0.5])
    expect(check({ ...all, length: duration(unit, true, said) })).toEqual([
      'column length: the unit of a duration is a whole number of microseconds above 0',
    ]);
});

test('projections have fields', () => {
  expect(problems({ kind: project(), columns: base })).toHaveLength(3);
  expect(problems({ kind: project(), columns: { x: field(e.rename(e.event('coupon'), { a: 'b' }), said) } })).toEqual([
    'column x: coupon is kept apart from what views count: it can only be a field of a projection, by itself',
  ]);
});

test('a rollup without its parent is checked as far as that goes', () => {
  const kind = rollup({ parent: 'sessions', windowing: tumbling(hours(1)), on: 'session_start' });
  const columns = { ...base, whatever: measure(m.sum(e.parent('unheard_of')), said) };
  expect(problems({ kind, columns })).toEqual([]);
  expect(problems({ kind: { ...kind, windowing: calendar('day') }, columns })).toEqual([
    'a rollup has windows of a fixed width, not of the calendar',
  ]);
  expect(problems({ kind: { ...kind, windowing: tumbling(0) }, columns })).toEqual([
    'the size of the windows is not above 0',
  ]);
  expect(problems({ kind, columns: { ...base, a: measure(m.last(e.parent('x')), said) } })).toEqual([
    'column a: last needs the order of events, which rows of a view do not have',
  ]);
  expect(problems({ kind, columns: { a: windowEnd() } })).toEqual([
    lacksStart('rollup'),
    'a rollup view has at least one measure',
  ]);
});
