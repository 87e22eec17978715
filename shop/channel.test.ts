import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { channelOf } from './channel.ts';

const PAGE = 'https://www.shop.example/boots?size=42';

test.each([
  ['direct', { page_url: PAGE }],
  ['direct', { page_url: '/boots' }],
  ['internal', { page_url: PAGE, referrer: 'https://shop.example/' }],
  ['internal', { page_url: PAGE, referrer: 'https://WWW.SHOP.example:443/cart' }],
  ['organic_search', { page_url: PAGE, referrer: 'https://www.google.co.uk/' }],
  ['organic_search', { page_url: PAGE, referrer: 'https://search.brave.com' }],
  ['organic_search', { utm_source: 'bing' }],
  ['organic_search', { utm_source: 'google', utm_medium: 'organic' }],
  ['paid_search', { utm_source: 'google', utm_medium: 'CPC' }],
  ['paid_search', { page_url: `${PAGE}&gclid=abc`, referrer: 'https://www.google.com/' }],
  ['social', { page_url: PAGE, referrer: 'https://l.facebook.com/l.php' }],
  ['social', { page_url: PAGE, referrer: 'https://t.co/abc' }],
  ['social', { utm_source: 'instagram', utm_medium: 'paid_social' }],
  ['social', { page_url: 'https://shop.example/?fbclid=1' }],
  ['email', { utm_source: 'newsletter', utm_medium: 'email' }],
  ['email', { page_url: PAGE, referrer: 'https://mail.google.com/' }],
  ['affiliate', { utm_source: 'deals', utm_medium: 'affiliate' }],
  ['display', { utm_source: 'news', utm_medium: 'banner' }],
  ['referral', { page_url: PAGE, referrer: 'https://reviews.example/boots' }],
  ['referral', { utm_source: 'partner' }],
  [null, {}],
  [null, { page_url: undefined, referrer: 'not an address' }],
])('%s: %o', (channel, origin) => {
  expect(channelOf(origin)).toBe(channel);
});

test('a site is not taken for another whose name ends alike', () => {
  expect(channelOf({ page_url: PAGE, referrer: 'https://notgoogle.com/' })).toBe('referral');
  expect(channelOf({ page_url: PAGE, referrer: 'https://google.com.evil.example/' })).toBe('referral');
  expect(channelOf({ page_url: PAGE, referrer: 'https://box.com/' })).toBe('referral');
});

test('the page of the documentation names every channel, and no other', () => {
  const page = readFileSync(new URL('../docs/collect.md', import.meta.url), 'utf8');
  const named = [...page.matchAll(/^\| `([a-z_]+)` \| /gm)].map(([, name]) => name);
  expect(named).toEqual([
    'email',
    'affiliate',
    'display',
    'social',
    'paid_search',
    'organic_search',
    'internal',
    'referral',
    'direct',
  ]);
});
