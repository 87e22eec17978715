import type { Digits, WireObject, WireValue } from '../../../src/source/wire/wire-value.ts';

/** Short names of the browser's tag, and what the Measurement Protocol calls them. */
const PARAMS: ReadonlyMap<string, string> = new Map([
  ['dl', 'page_location'],
  ['dr', 'page_referrer'],
  ['dt', 'page_title'],
  ['sid', 'session_id'],
  ['sct', 'session_number'],
  ['cu', 'currency'],
  ['_et', 'engagement_time_msec'],
  ['cs', 'campaign_source'],
  ['cm', 'campaign_medium'],
  ['cn', 'campaign_name'],
  ['cc', 'campaign_content'],
  ['ct', 'campaign_term'],
  ['pi', 'promotion_id'],
  ['pn', 'promotion_name'],
  ['ul', 'language'],
  ['sr', 'screen_resolution'],
]);
const ITEM: ReadonlyMap<string, string> = new Map([
  ['id', 'item_id'],
  ['nm', 'item_name'],
  ['br', 'item_brand'],
  ['ca', 'item_category'],
  ['c2', 'item_category2'],
  ['c3', 'item_category3'],
  ['c4', 'item_category4'],
  ['c5', 'item_category5'],
  ['pr', 'price'],
  ['qt', 'quantity'],
  ['va', 'item_variant'],
  ['cp', 'coupon'],
  ['ds', 'discount'],
  ['ln', 'item_list_name'],
  ['li', 'item_list_id'],
  ['lp', 'index'],
  ['af', 'affiliation'],
  ['lo', 'location_id'],
  ['pi', 'promotion_id'],
  ['pn', 'promotion_name'],
]);
const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;

/**
 * What gtag.js sends from a browser, as a body of the Measurement Protocol: what all events share is in the address, and
 * each line of the body is an event; without lines, the address is the event.
 *
 * @example gtagBody('cid=1.2&en=page_view&dl=https%3A%2F%2Fshop.example%2F', '')
 */
export function gtagBody(query: string, lines: string): WireObject {
  const shared = new URLSearchParams(query);
  const each = lines.split(/\r?\n/).filter((line) => line.trim() !== '');
  const events = (each.length === 0 ? [''] : each).map((line) => eventOf(shared, new URLSearchParams(line)));
  const user = Object.fromEntries(
    [...shared].flatMap(([name, value]) => (/^upn?\./.test(name) ? [[name.replace(/^upn?\./, ''), value]] : [])),
  );
  return {
    client_id: shared.get('cid'),
    user_id: shared.get('uid'),
    ...(Object.keys(user).length === 0 ? {} : { user_properties: user }),
    events,
  };
}

function eventOf(shared: URLSearchParams, own: URLSearchParams): WireObject {
  const all = new Map([...shared, ...own]);
  const params: [string, WireValue][] = [];
  const items: [number, WireObject][] = [];
  for (const [name, value] of all) {
    const known = PARAMS.get(name);
    const item = /^pr(\d{1,3})$/.exec(name)?.[1];
    if (known !== undefined) params.push([known, value]);
    else if (name.startsWith('ep.')) params.push([name.slice(3), value]);
    else if (name.startsWith('epn.')) params.push([name.slice(4), numberOf(value)]);
    else if (item !== undefined) items.push([Number(item), itemOf(value)]);
  }
  if (items.length > 0) params.push(['items', items.sort(([a], [b]) => a - b).map(([, each]) => each)]);
  return { name: all.get('en') ?? null, params: Object.fromEntries(params) };
}

/** `id`, `nm`, ... each with its value right behind it, and `~` between them; a `~` of a value is written twice. */
function itemOf(text: string): WireObject {
  const own = new Map<string, string>();
  const fields: [string, WireValue][] = [];
  for (const part of text.replaceAll('~~', '\0').split('~')) {
    const [name, value] = [part.slice(0, 2), part.slice(2).replaceAll('\0', '~')];
    const known = ITEM.get(name);
    if (known !== undefined) fields.push([known, known === 'price' || known === 'quantity' ? numberOf(value) : value]);
    // Parameters of the shop's own: k0 says how the first is called, v0 what it is.
    else if (/^k\d/.test(name)) own.set(name.slice(1), value);
    else if (/^v\d/.test(name)) fields.push([own.get(name.slice(1)) ?? name, value]);
  }
  return Object.fromEntries(fields);
}

const numberOf = (text: string): Digits | string => (NUMBER.test(text) ? JSON.rawJSON(text) : text);
