import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DimensionKind } from '../../src/engine/dimension/dimension-kind.ts';
import { TestShop } from '../engine/test-shop.ts';

let shop: TestShop;
beforeAll(async () => {
  shop = await TestShop.open();
});
afterAll(() => shop.close());

const HEADER = 'product_id,category_name\n';
const MANY = HEADER + Array.from({ length: 40_000 }, (_, i) => `${(i * 7919) % 40_009},${i % 97}\n`).join('');
const notText = (before: string) => Buffer.concat([Buffer.from(before), Buffer.from([0xff, 0xfe]), Buffer.from('\n')]);
const half = (bytes: Buffer) => bytes.subarray(0, Math.floor(bytes.length / 2));

/** Files that cannot be a catalogue, each with the code and what the message has to say. */
const CATALOGUES: readonly (readonly [name: string, content: string | Buffer, code: string, says: string])[] = [
  ['wrong UTF-8 in a row', notText(`${HEADER}1,a\n2,`), 'dimension.row', 'line 3 .* not UTF-8'],
  ['wrong UTF-8 in the header', notText('product_id,'), 'dimension.file', 'header'],
  ['a row with a value too many', `${HEADER}1,a\n2,b,c\n3,d\n`, 'dimension.row', 'line 3 .* 3 columns .* has 2'],
  ['such a row far down', `${MANY}x,y,z\n`, 'dimension.row', 'line 40002 .* 3 columns'],
  ['a row with a value too few', `${HEADER}1,a\n2\n3,d\n`, 'dimension.row', 'line 3 .* 1 columns .* has 2'],
  ['a quote that is not closed', `${HEADER}1,a\n2,"b\n3,d\n`, 'dimension.row', 'line 3 .* quoted'],
  ['text after a quote', `${HEADER}1,a\n2,"b"x\n3,d\n`, 'dimension.row', 'line 3 .* quoted'],
  ['a NUL', `${HEADER}1,a\n2,b\0c\n`, 'dimension.row', 'line 3 .* NUL'],
  ['a NUL in the header', 'product_id,na\0me\n1,a\n', 'dimension.file', 'header'],
  ['a title above the header', `Products of May\n${HEADER}1,a\n`, 'dimension.columns', 'product_id'],
  ['semicolons', 'product_id;category_name\n1;a\n', 'dimension.columns', 'product_id'],
  ['nothing', '', 'dimension.file', 'header'],
  ['one column twice', 'product_id,Product_ID\n1,2\n', 'dimension.file', 'two of its columns are called Product_ID'],
  [
    'any bytes',
    Buffer.from(Array.from({ length: 3000 }, (_, i) => (i * 7919 * 31 + i * i * 17) % 256)),
    'dimension.file',
    '',
  ],
  ['a long line', `${HEADER}1,${'x'.repeat(3_000_000)}\n`, 'dimension.row', 'line 2'],
  ['packed without saying so', gzipSync(MANY), 'dimension.file', ''],
  ['text called gz', MANY, 'dimension.file', 'gzip'],
  ['half a gz', half(gzipSync(MANY)), 'dimension.file', 'gzip'],
  ['half a zst', half(zstdCompressSync(Buffer.from(MANY))), 'dimension.file', 'zstd'],
  ['text called zst', MANY, 'dimension.file', 'zstd'],
  ['no key', `${HEADER}1,a\n,b\n`, 'dimension.row', 'line 3 .* product_id is empty'],
  ...['infinity', '-infinity', '0001-01-01', '1969-12-31', '2200-01-01', '290309-12-22 (BC) 00:00:00', 'soon'].map(
    (time) =>
      [`valid from ${time}`, `product_id,valid_from\n1,${time}\n`, 'dimension.row', 'line 2 .* valid_from'] as const,
  ),
];
const nameOf = (name: string): string =>
  `file.csv${/called (gz|zst)|half a (gz|zst)/.test(name) ? name.replace(/.* /, '.') : ''}`;

test.each(CATALOGUES)(
  'a catalogue with %s is refused with a code, and nothing is kept of it',
  async (name, content, code, says) => {
    const path = join(shop.folder, nameOf(name));
    writeFileSync(path, content);
    const refused = await shop.loadFile('product', path).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code, message: expect.stringMatching(new RegExp(says, 's')) });
    expect(String((refused as Error).message)).toContain(path);
    expect([readdirSync(join(shop.folder, 'facts')), shop.shop.facts.read()]).toEqual([[], []]);
    rmSync(path);
  },
);

test.each([
  ['rates', 'date,currency,rate\n1989-12-31,EUR,1\n', 'line 2 .* 1990 to 2199'],
  ['rates', 'date,currency,rate\n2200-01-01,EUR,1\n', 'line 2 .* 1990 to 2199'],
  ['rates', 'date,currency,rate\n2020-01-01,EUR,0.0\n', 'line 2 .* above 0'],
  ['rates', 'date,currency,rate\n2020-01-01,EUR,1,1\n', 'line 2 .* 4 columns'],
  ['stock', 'product_id,stock\n1,\u0000\n', 'line 2 .* NUL'],
  ['user', 'user_id,valid_from\n1,infinity\n', 'line 2 .* valid_from'],
] as const)('rows of %s are refused in the same way: %j', async (dimension: DimensionKind, content, says) => {
  const path = join(shop.folder, 'file.csv');
  writeFileSync(path, content);
  await expect(shop.loadFile(dimension, path)).rejects.toMatchObject({
    code: 'dimension.row',
    message: expect.stringMatching(new RegExp(says)),
  });
});

test('a folder is no file, and a file that is not there is said to be missing', async () => {
  const path = join(shop.folder, 'folder.csv');
  mkdirSync(path);
  await expect(shop.loadFile('product', path)).rejects.toMatchObject({ code: 'dimension.file' });
  await expect(shop.loadFile('product', join(path, 'none.csv'))).rejects.toMatchObject({ code: 'source.missing' });
});

test.each([
  ['plain', 'products.csv', Buffer.from('\ufeff"product_id", category_name \r\n1,"a ""b"", c"\r\n\r\n2,\r\n')],
  ['gz', 'products.csv.gz', gzipSync('product_id,category_name\n1,"a ""b"", c"\n2,\n')],
  ['zst', 'products.csv.zst', zstdCompressSync(Buffer.from('product_id,category_name\n1,"a ""b"", c"\n2,\n'))],
])('what is a table is read: %s', async (_, name, content) => {
  const own = await TestShop.open();
  const path = join(own.folder, name);
  writeFileSync(path, content);
  expect(await own.loadFile('product', path)).toMatchObject({ rows: 2, changed: 2 });
  expect(await own.rows("SELECT key, attributes ->> 'category_name' AS name FROM dimension ORDER BY key")).toEqual([
    { key: '1', name: 'a "b", c' },
    { key: '2', name: null },
  ]);
  await own.close();
});
