import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonical } from '../../../shop/vocabularies/canonical.ts';
import { rees46 } from '../../../shop/vocabularies/rees46.ts';
import { FootfallError } from '../../core/errors/footfall-error.ts';
import { CAST_FORMS, type CastForm, type RepairRule, type RepairStep } from '../../core/repair-rule.ts';
import type { RowShape } from '../../core/row-shape.ts';
import { batchRows } from '../columns/batch-rows.ts';
import { recognise } from '../shape/recognise.ts';
import type { Vocabulary } from '../shape/vocabulary.ts';
import { cast } from './cast.ts';
import { parseSteps, stepText } from './parse-step.ts';
import { repairRows } from './repair-rows.ts';
import { fieldsOf, rowOf } from './row-fields.ts';

const ARRIVAL = Date.UTC(2021, 0, 1) * 1000;
const POSITION = 120;

function shapeOf(format: RowShape['format'], columns: readonly string[], vocabulary: Vocabulary): RowShape {
  const found = recognise(columns, [vocabulary], {});
  if (found.outcome !== 'recognised') throw new Error('not recognised');
  const { shape, fields, types, type } = found.mapping;
  return { format, columns, numeric: [], vocabulary: shape, fields, types, type };
}
const REES46 = 'event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session'.split(',');
const csv = shapeOf('csv', REES46, rees46);
const json = shapeOf('ndjson', ['event_time', 'event_type'], canonical);

/** What becomes of a row: its values, or the code that it is refused with. */
function repaired(row: string | Uint8Array, shape: RowShape, rule: RepairRule) {
  const bytes = typeof row === 'string' ? Buffer.from(row) : row;
  const { batch, failed, passed, written } = repairRows(
    [{ partition: 0, position: POSITION, shape, bytes }],
    rule,
    [],
    ARRIVAL,
  );
  expect(passed.length + failed.length).toBe(1);
  if (passed.length === 1) expect([...batch.position]).toEqual([POSITION]);
  return {
    event: batchRows(batch, [])[0],
    code: failed[0]?.why.code,
    pointer: failed[0]?.why.pointer,
    written: Buffer.from(written[0] ?? []).toString('utf8'),
  };
}
const rule = (...steps: string[]): RepairRule => steps.flatMap(parseSteps);

describe('a CSV row', () => {
  const good = '2019-10-01 00:00:00 UTC,view,1,2053013555631882655,a.b,acme,33.20,541312140,s1';
  test('without steps is refused for the reason that it was, and a good one is the event that it is', () => {
    expect(repaired(good, csv, [])).toMatchObject({
      written: good,
      event: { event_type: 'view', price: '332000', category_id: '2053013555631882655', user_id: '541312140' },
    });
    expect(repaired(good.replace('33.20', '-1'), csv, [])).toMatchObject({
      code: 'event.price_negative',
      pointer: 'price',
    });
  });
  test('is put right by each step, and quoted where it has to be', () => {
    expect(repaired(good.replace('33.20', '"1.033,20 €"'), csv, rule('cast price=decimal-comma')).event).toMatchObject({
      price: '10332000',
    });
    expect(repaired(good.replace('acme', '"a ""b"", c"'), csv, []).written).toBe(good.replace('acme', '"a ""b"", c"'));
    expect(repaired(good.replace('33.20', 'free'), csv, rule('map price:free=0')).event?.['price']).toBe('0');
    expect(repaired(good.replace('33.20', 'free'), csv, rule('map price:free=')).event?.['price']).toBeUndefined();
    expect(repaired(good.replace('33.20', 'free'), csv, rule('drop price')).event?.['price']).toBeUndefined();
    expect(repaired(good.replace('view', ''), csv, rule('default event_type=view')).event?.['event_type']).toBe('view');
    expect(repaired(good.replace('2019-10-01', '01/10/2019'), csv, rule('cast event_time=day-first')).event).toEqual(
      repaired(good, csv, []).event,
    );
  });
  test('with a new column that is a canonical field has it, though the vocabulary has not', () => {
    const event = repaired(
      good,
      csv,
      rule('default currency=EUR', 'default quantity=3', 'rename brand=product_name'),
    ).event;
    expect(event).toMatchObject({ currency: 'EUR', quantity: '3', product_name: 'acme', amount: '996000' });
    expect(event?.['brand']).toBeUndefined();
  });
  test('that cannot be taken apart stays as it is', () => {
    expect(repaired(`${good},more`, csv, rule('drop price'))).toMatchObject({
      code: 'event.columns',
      written: `${good},more`,
    });
  });
  test('of a converted file keeps the freedom of its doubles under another name', () => {
    const shape = { ...csv, columns: csv.columns.map((name) => (name === 'price' ? 'cost' : name)), numeric: ['cost'] };
    const row = good.replace('33.20', '239.96999999999997');
    expect(repaired(row, shape, rule('rename cost=price')).event?.['price']).toBe('2399700');
    expect(repaired(row, csv, []).code).toBe('event.price_precision');
  });
});

describe('a JSON event', () => {
  const good = '{"event_time":"2019-10-01T00:00:00Z","event_type":"view","category_id":2053013555631882655}';
  test('keeps numbers to the last digit, and what no step touches as it is written', () => {
    const { written, event } = repaired(
      good.replace('"event_type"', '"typ"').replace('}', ',"x":{"a": [1e3, "é\\u0041"]}}'),
      json,
      rule('rename typ=event_type'),
    );
    expect(written).toBe(good.replace('}', ',"x":{"a": [1e3, "é\\u0041"]}}'));
    expect(event).toMatchObject({ category_id: '2053013555631882655', properties: '{"x":{"a": [1e3, "é\\u0041"]}}' });
  });
  test('is put right by each step', () => {
    const wrong = '{"event_time":"31.12.2019 10:00:00","event_type":"view","price":"12,5","order_id":17,"coupon":true}';
    const steps = [
      'cast event_time=day-first',
      'cast price=decimal-comma',
      'cast coupon=text',
      'map event_type:view=purchase',
    ];
    expect(repaired(wrong, json, rule(...steps)).event).toMatchObject({
      event_time: String(Date.UTC(2019, 11, 31, 10) * 1000),
      event_type: 'purchase',
      price: '125000',
      order_id: '17',
      coupon: 'true',
    });
    expect(repaired(wrong, json, rule(...steps.slice(0, 2), 'drop coupon')).event).toMatchObject({ price: '125000' });
    expect(repaired(wrong, json, rule('drop coupon', 'drop price')).code).toBe('event.time_format');
  });
  test('with a value that is no UTF-8 is kept without it', () => {
    const bytes = Buffer.concat([Buffer.from(good.slice(0, -1)), Buffer.from(',"city":"K\xf6ln"}', 'latin1')]);
    expect(repaired(bytes, json, []).code).toBe('event.utf8');
    expect(repaired(bytes, json, rule('drop city')).event).toMatchObject({ event_type: 'view' });
  });
  test('that is none stays as it is, and one of which nothing is left is refused', () => {
    expect(repaired('{"event_time":', json, rule('default event_type=view'))).toMatchObject({ code: 'event.json' });
    expect(repaired('not json', json, [])).toMatchObject({ code: 'event.json', written: 'not json' });
    expect(repaired('', json, [])).toMatchObject({ code: 'event.columns' });
  });
  test('later than the arrival that is given is refused', () => {
    expect(repaired(good.replace('2019', '2022'), json, []).code).toBe('event.future');
  });
});

test.each<[string, CastForm, string | null]>([
  ['12,50', 'decimal-comma', '12.50'],
  ['1.234.567,8 €', 'decimal-comma', '1234567.8'],
  ['-3,2', 'decimal-comma', '-3.2'],
  ['soon', 'decimal-comma', null],
  ['50.0000', 'decimal-comma', null],
  ['1.000', 'decimal-comma', '1000'],
  ['12,50', 'decimal-point', null],
  ['$1,234.56', 'decimal-point', '1234.56'],
  ['1.2.3', 'decimal-point', null],
  ['1.23455', 'four-decimals', '1.2346'],
  ['1.23445', 'four-decimals', '1.2344'],
  ['1.234450001', 'four-decimals', '1.2345'],
  ['-0.00005', 'four-decimals', '-0.0000'],
  ['9.99999', 'four-decimals', '10.0000'],
  ['1e3', 'four-decimals', null],
  ['-3.20', 'positive', '3.20'],
  ['3.20', 'positive', null],
  ['about 12 pcs', 'whole-number', '12'],
  ['none', 'whole-number', null],
  ['1.2.2020', 'day-first', '2020-02-01'],
  ['1/2/2020 5:00', 'month-first', '2020-01-02 5:00'],
  ['2020-01-02', 'day-first', null],
])('%s as %s is %s', (text, form, expected) => {
  expect(cast(text, form)).toBe(expected);
});

test('four decimals are the nearest, ties to even', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 10n ** 15n }), fc.integer({ min: 5, max: 9 }), (digits, scale) => {
      const text = String(digits).padStart(scale + 1, '0');
      const unit = 10n ** BigInt(scale - 4);
      const [whole, rest] = [digits / unit, digits % unit];
      const up = 2n * rest > unit || (2n * rest === unit && whole % 2n === 1n);
      const units = whole + (up ? 1n : 0n);
      expect(cast(`${text.slice(0, -scale)}.${text.slice(-scale)}`, 'four-decimals')).toBe(
        `${units / 10_000n}.${String(units % 10_000n).padStart(4, '0')}`,
      );
    }),
  );
});

test('whatever a row holds, taking it apart and putting it together says the same', () => {
  const cells = fc.array(fc.string({ unit: 'binary' }), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(cells, (values) => {
      const fields = values.map((value, i) => ({ name: `c${i}`, value: Buffer.from(value).toString('latin1') }));
      const shape = { ...csv, columns: fields.map(({ name }) => name) };
      if (fields.every(({ value }) => value === '')) return;
      expect(fieldsOf(rowOf(fields, 'csv'), shape)).toEqual(fields);
    }),
  );
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 })), (members) => {
      const text = JSON.stringify(members);
      const fields = fieldsOf(Buffer.from(text), json);
      expect(fields).not.toBeNull();
      expect(Buffer.from(rowOf(fields ?? [], 'ndjson')).toString()).toBe(text);
    }),
  );
});

const name = fc.string({ minLength: 1 });
const steps: fc.Arbitrary<RepairStep> = fc.oneof(
  fc.record({ do: fc.constant('rename' as const), field: name, to: name }),
  fc.record({ do: fc.constant('drop' as const), field: name }),
  fc.record({ do: fc.constant('default' as const), field: name, value: fc.string() }),
  fc.record({ do: fc.constant('map' as const), field: name, from: fc.string(), to: fc.option(fc.string()) }),
  fc.record({ do: fc.constant('cast' as const), field: name, as: fc.constantFrom(...CAST_FORMS) }),
);

test('a step reads back as it is shown', () => {
  fc.assert(
    fc.property(steps, (step) => {
      expect(parseSteps(stepText(step))).toEqual([step]);
    }),
  );
  expect(stepText({ do: 'map', field: 'a', from: 'x', to: 'y=z' })).toBe('map a:x=y=z');
  expect(stepText({ do: 'drop', field: 'a b' })).toBe('drop a b');
});

test.each(['rename a', 'cast price=money', 'map a=b', 'shuffle', '{"do":"drop"}', '[1]', '{'])(
  '%s is no step',
  (text) => {
    expect(() => parseSteps(text)).toThrow(expect.objectContaining({ code: 'repair.rule' }));
    expect(() => parseSteps(text)).toThrow(FootfallError);
  },
);
