import { expect, test } from 'vitest';
import { minutes } from '../core/time.ts';
import { type AnomalyPart, frequent, unseen, unusual } from './anomaly-part.ts';
import { viewProblems } from './check.ts';
import { anomaly, anomalyPart, field, measure, words } from './columns.ts';
import { either, event, literal, type } from './expression.ts';
import type { AnomalyKind } from './kind.ts';
import { count } from './measure.ts';
import type { ViewDeclaration } from './view.ts';

const said = words('Label', 'Description');
const high = {
  of: event('amount'),
  among: event('brand'),
  least: 2,
  spread: 0.001,
  from: 0,
  to: 1,
  above: '{n} times {}',
};
const often = { of: event('order_id'), among: event('visitor'), within: minutes(1), from: 1, to: 2, says: '{n}' };
const base = { id: field(event('event_id'), said), score: anomalyPart('score', said) };

function problems(kind: Partial<AnomalyKind>, columns: ViewDeclaration['columns'] = base): readonly string[] {
  const whole = anomaly({ days: 28, threshold: 0.8, unknown: 'new', parts: [unusual(high)], ...kind });
  const plan = { name: 'x', kit: 'shop', ...said, kind: whole, fingerprint: '', where: type('purchase') } as const;
  return viewProblems({ ...plan, columns: Object.entries(columns).map(([name, column]) => ({ name, ...column })) });
}

test('anomalies that can mean something pass', () => {
  expect(problems({})).toEqual([]);
  expect(
    problems({ days: 1, threshold: 1, parts: [unseen({ of: event('brand'), among: event('user_id'), says: 'x' })] }),
  ).toEqual([]);
  expect(problems({ parts: [unusual({ ...high, missing: 1, below: 'x' }), frequent(often)] })).toEqual([]);
  expect(problems({}, { ...base, order: field(either(event('order_id'), event('event_id')), said) })).toEqual([]);
});

test.each<[string, Partial<AnomalyKind>, string]>([
  ['no days', { days: 0 }, 'days is not a whole number from 1 to 366'],
  ['two years', { days: 731 }, 'days is not a whole number from 1 to 366'],
  ['threshold', { threshold: 0 }, 'threshold is not above 0 and at most 1'],
  ['no reason', { unknown: ' ' }, 'unknown is the reason of an event without a score: it is empty'],
  ['only often', { parts: [frequent(often)] }, 'an anomaly view has a part that compares with the days before'],
])('%s is refused', (_, kind, expected) => {
  expect(problems(kind)).toEqual([expected]);
});

test.each<[string, AnomalyPart, string]>([
  ['bounds', unusual({ ...high, from: 2, to: 2 }), 'part 1: from is not from 0 to below to'],
  ['least', unusual({ ...high, least: 1 }), 'part 1: least is not a whole number from 2 on'],
  ['spread', unusual({ ...high, spread: 0 }), 'part 1: spread is not from 0.001 to 10'],
  ['missing', unusual({ ...high, missing: 0.5 }), 'part 1: missing is not a whole number above 0'],
  ['reason', unusual({ ...high, below: '' }), 'part 1: a reason is empty'],
  ['of text', unusual({ ...high, of: event('brand') }), 'part 1: of: money or a whole number is needed, not text'],
  ['among money', unusual({ ...high, among: event('price') }), 'part 1: among: text or an id is needed, not money'],
  ['literal', unusual({ ...high, of: literal(1) }), 'part 1: of: a literal is the same for every event'],
])('%s of a part is refused', (_, part, expected) => {
  expect(problems({ parts: [part] })).toEqual([expected]);
});

test('parts that see what is new or often are checked, too', () => {
  const of = { of: event('price'), among: event('visitor'), says: ' ' };
  expect(problems({ parts: [unseen(of), frequent({ ...often, within: 0 })] })).toEqual([
    'part 1: the reason is empty',
    'part 2: within is not a whole number of microseconds above 0',
    'part 1: of: text is needed, not money',
  ]);
  expect(problems({ parts: [] })).toContain('an anomaly view has from 1 to 12 parts');
});

test.each<[string, ViewDeclaration['columns'], string]>([
  [
    'no id',
    { score: anomalyPart('score', said) },
    "an anomaly view has a field with the id of the event: field(event('event_id'))",
  ],
  ['a name that is taken', { ...base, seq: field(event('brand'), said) }, 'column seq: the name is reserved in a key'],
  ['a part', { ...base, part1_of: field(event('brand'), said) }, 'column part1_of: the name is reserved in a key'],
  [
    'a measure',
    { ...base, n: measure(count(), said) },
    'column n: an anomaly view has columns of the roles field, anomaly, not measure',
  ],
  [
    'two types',
    { ...base, n: field(either(event('order_id'), event('price')), said) },
    'column n: money cannot stand in for free text',
  ],
  ['one value', { ...base, n: field(either(event('brand')), said) }, 'column n: either() needs at least two values'],
])('columns: %s is refused', (_, columns, expected) => {
  expect(problems({}, columns)).toEqual([expected]);
});
