import type { FastifyRequest } from 'fastify';
import { expect, test } from 'vitest';
import { isSameOrigin, originOf } from './same-origin.ts';

const request = (method: string, headers: Readonly<Record<string, string>>): FastifyRequest =>
  ({ method, headers, host: 'Shop.example:7070' }) as unknown as FastifyRequest;

test.each([
  ['POST', { 'sec-fetch-site': 'same-origin' }, 'own', true],
  ['POST', { 'sec-fetch-site': 'same-site' }, 'foreign', false],
  ['POST', { 'sec-fetch-site': 'cross-site' }, 'foreign', false],
  ['POST', { 'sec-fetch-site': 'none' }, 'foreign', false],
  ['GET', { 'sec-fetch-site': 'none' }, 'own', true],
  ['GET', { 'sec-fetch-site': 'cross-site' }, 'foreign', false],
  // What it says itself wins over where it pretends to be from.
  ['POST', { 'sec-fetch-site': 'cross-site', origin: 'http://shop.example:7070' }, 'foreign', false],
  ['POST', { origin: 'http://shop.example:7070' }, 'own', true],
  ['POST', { origin: 'https://shop.example:7070' }, 'own', true],
  ['POST', { origin: 'http://shop.example' }, 'foreign', false],
  ['POST', { origin: 'http://shop.example:7070.elsewhere.example' }, 'foreign', false],
  ['POST', { origin: 'null' }, 'foreign', false],
  ['POST', { origin: '' }, 'foreign', false],
  ['POST', {}, 'unsaid', false],
  ['DELETE', {}, 'unsaid', false],
  ['GET', {}, 'unsaid', true],
  ['HEAD', {}, 'unsaid', true],
] as const)('%s %j is %s', (method, headers, origin, same) => {
  expect([originOf(request(method, headers)), isSameOrigin(request(method, headers))]).toEqual([origin, same]);
});
