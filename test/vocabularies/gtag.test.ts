import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ga4 } from '../../shop/vocabularies/wire/ga4.ts';
import { gtagBody } from '../../shop/vocabularies/wire/gtag.ts';
import { PAGE, REFERRER, readAs, rowsOf, type Step, without } from './story.ts';

const SHARED = new URLSearchParams({
  v: '2',
  tid: 'G-ABCDEF1234',
  gtm: '45je5c30v9101',
  _p: '1772366400000',
  cid: 'a-1',
  ul: 'en-us',
  sr: '1920x1080',
  sid: '1772366400',
  sct: '1',
  seg: '1',
  dl: PAGE,
  dr: REFERRER,
  dt: 'Shoes',
  _s: '1',
}).toString();
const BOOT = 'idp-1~nmBoot~brAcme~caShoes~pr79.99';
const LACE = 'idp-2~nmLace~brTie~caCare~pr2.5';
const line = (event: Readonly<Record<string, string>>): string => new URLSearchParams(event).toString();

/** Steps of the story, as the browser's tag writes them. */
const EVENTS: Readonly<Partial<Record<Step, string>>> = {
  page: line({ en: 'page_view', _ee: '1' }),
  search: line({ en: 'search', 'ep.search_term': 'boots' }),
  list_view: line({ en: 'view_item_list', cu: 'USD', pr1: BOOT, pr2: LACE, 'ep.item_list_id': 'shoes' }),
  view: line({ en: 'view_item', cu: 'USD', 'epn.value': '79.99', pr1: `${BOOT}~k0colour~v0brown`, _et: '12' }),
  cart_add: line({ en: 'add_to_cart', cu: 'USD', pr1: `${BOOT}~qt2` }),
  checkout: line({ en: 'begin_checkout', cu: 'USD', pr2: `${LACE}~qt2`, pr1: `${BOOT}~qt1` }),
  purchase: line({
    en: 'purchase',
    cu: 'USD',
    'ep.transaction_id': 'o-1',
    'epn.value': '84.99',
    'epn.tax': '8.1',
    'epn.shipping': '5',
    pr1: `${BOOT}~qt1`,
    pr2: `${LACE}~qt2`,
  }),
  promo_view: line({ en: 'view_promotion', pi: 'sale', pn: 'Sale' }),
};

/** It says no times: they are those of arrival. */
const told = (query: string, lines: string) =>
  readAs(ga4, gtagBody(query, lines)).map((row) => without(row, ['properties', 'session_id', 'event_time']));
const story = (step: Step) => rowsOf(step).map((row) => without(row, ['event_time']));

test.each(Object.entries(EVENTS))('gtag.js: %s becomes the rows of the story', (step, event) => {
  expect(told(`${SHARED}&${event}`, '')).toEqual(story(step as Step));
});

test('several events come as lines, and share what is in the address', () => {
  const { page = '', view = '', purchase = '' } = EVENTS;
  expect(told(SHARED, `${page}\r\n${view}\n${purchase}\n`)).toEqual([
    ...story('page'),
    ...story('view'),
    ...story('purchase'),
  ]);
});

test('values may have the sign that stands between them, and names of their own', () => {
  const [row] = readAs(ga4, gtagBody(`${SHARED}&${line({ en: 'view_item', pr1: 'idp~~1~nmA~k0size~v042' })}`, ''));
  expect(row).toMatchObject({ product_id: 'p~1', product_name: 'A' });
  expect(JSON.parse(row?.['properties'] ?? '')).toMatchObject({ size: '42' });
});

test('whatever is in the address and the body, an event a line comes of it', () => {
  fc.assert(
    fc.property(fc.string(), fc.array(fc.string()), (query, lines) => {
      const body = gtagBody(query, lines.join('\n'));
      const whole = lines
        .join('\n')
        .split(/\r?\n/)
        .filter((each) => each.trim() !== '');
      expect(body['events']).toHaveLength(Math.max(1, whole.length));
    }),
    { numRuns: 300 },
  );
});
