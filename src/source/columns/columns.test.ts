import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BatchBuilder } from './batch-builder.ts';
import { batchRows } from './batch-rows.ts';
import { int64Text, putDecimalInt64, putInt64 } from './int64.ts';
import { SymbolTable } from './symbol-table.ts';
import { transferList } from './transfer-list.ts';
import { putUuid, uuidText } from './uuid.ts';

const bytesOf = (text: string): { bytes: Uint8Array; view: DataView; length: number } => {
  const encoded = new TextEncoder().encode(text);
  const bytes = new Uint8Array(encoded.length + 64);
  bytes.set(encoded);
  return { bytes, view: new DataView(bytes.buffer), length: encoded.length };
};

describe('64-bit integers', () => {
  test('a canonical decimal in BIGINT range round-trips, anything else is refused', () => {
    const decimal = fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n }).map(String);
    const other = fc.oneof(fc.stringMatching(/^[-+0-9 .e]{0,22}$/), fc.constantFrom('-0', '00', '01', '', '-', '+1'));
    fc.assert(
      fc.property(fc.oneof(decimal, other), (text) => {
        const halves = new Uint32Array(2);
        const { bytes, length } = bytesOf(text);
        const canonical = /^(0|-?[1-9]\d*)$/.test(text) && BigInt.asIntN(64, BigInt(text)) === BigInt(text);
        expect(putDecimalInt64(halves, 0, bytes, 0, length)).toBe(canonical);
        if (canonical) expect(int64Text(halves, 0)).toBe(text);
      }),
    );
  });

  test('the ends of the range', () => {
    for (const [text, fits] of [
      ['9223372036854775807', true],
      ['9223372036854775808', false],
      ['-9223372036854775808', true],
      ['-9223372036854775809', false],
      ['2103807459595387724', true],
    ] as const) {
      const halves = new Uint32Array(2);
      const { bytes, length } = bytesOf(text);
      expect([text, putDecimalInt64(halves, 0, bytes, 0, length)]).toEqual([text, fits]);
      if (fits) expect(int64Text(halves, 0)).toBe(text);
    }
  });

  test('numbers below 2^53 keep their value', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (value) => {
        const halves = new Uint32Array(2);
        putInt64(halves, 0, value);
        expect(int64Text(halves, 0)).toBe(String(value));
      }),
    );
  });
});

describe('UUIDs', () => {
  test('a lower-case UUID round-trips, in the form of a hugeint', () => {
    fc.assert(
      fc.property(fc.uuid(), (uuid) => {
        const words = new Uint32Array(4);
        expect(putUuid(words, 0, bytesOf(uuid).view, 0)).toBe(true);
        expect(uuidText(words, 0)).toBe(uuid);
        const [a = 0, b = 0, c = 0, d = 0] = words;
        const hugeint = (BigInt(d ^ 0x80000000) << 96n) | (BigInt(c) << 64n) | (BigInt(b) << 32n) | BigInt(a);
        expect(BigInt.asUintN(128, hugeint)).toBe(BigInt(`0x${uuid.replaceAll('-', '')}`));
      }),
    );
  });

  test('one wrong character anywhere is seen', () => {
    const good = '72d76fde-8bb3-4e00-8c23-a032dfed738c';
    fc.assert(
      fc.property(fc.nat(35), fc.integer({ min: 0, max: 255 }), (at, byte) => {
        const { bytes, view } = bytesOf(good);
        bytes[at] = byte;
        const text = String.fromCharCode(byte);
        const fits = good[at] === '-' ? text === '-' : /[0-9a-f]/.test(text);
        expect(putUuid(new Uint32Array(4), 0, view, 0)).toBe(fits);
      }),
    );
  });
});

describe('a batch under construction', () => {
  test('ids of any form come out as they went in, whatever form the column takes', () => {
    const id = fc.oneof(fc.uuid(), fc.bigInt().map(String), fc.string({ minLength: 1 }), fc.constant(null));
    const column = fc.oneof(
      fc.array(fc.option(fc.uuid())),
      fc.array(fc.option(fc.bigInt({ min: 0n, max: 2n ** 62n }).map(String))),
      fc.array(id),
    );
    fc.assert(
      fc.property(column, fc.array(fc.boolean()), (values, refused) => {
        const batch = new BatchBuilder(values.length * 2 + 1, new SymbolTable([]));
        const expected: Record<string, string>[] = [];
        values.forEach((value, i) => {
          if (value !== null) {
            const { bytes, view, length } = bytesOf(value);
            const writer = batch.columns.user_id;
            if (!writer.setCompact(batch.count, bytes, view, 0, length)) writer.setText(batch.count, value);
          }
          if (refused[i] === true) {
            batch.discard();
            return;
          }
          batch.commit(1e15, 0, i);
          expected.push({ event_time: '1000000000000000', ...(value === null ? {} : { user_id: value }) });
        });
        expect(batchRows(batch.finish([]), [])).toEqual(expected);
      }),
    );
  });

  test('symbols keep their ids from batch to batch, and only new ones travel', () => {
    const symbols = new SymbolTable(['view']);
    const seen: string[] = ['view'];
    const write = (...texts: string[]) => {
      const batch = new BatchBuilder(10, symbols);
      for (const text of texts) {
        batch.columns.event_type.set(batch.count, symbols.idOf('view'));
        batch.columns.brand.set(batch.count, symbols.idOf(text));
        batch.commit(1e15, 0, 0);
      }
      return batch.finish([]);
    };
    const first = write('aqua', 'lg');
    expect([first.firstSymbol, first.symbols]).toEqual([1, ['aqua', 'lg']]);
    const second = write('lg', 'nokia');
    expect([second.firstSymbol, second.symbols]).toEqual([3, ['nokia']]);
    expect([...batchRows(first, seen), ...batchRows(second, seen)].map(({ brand }) => brand)).toEqual([
      'aqua',
      'lg',
      'lg',
      'nokia',
    ]);
  });

  test('rows with wide fields are marked, and each buffer is transferred once', () => {
    const batch = new BatchBuilder(10, new SymbolTable([]));
    batch.commit(1e15, 0, 0);
    batch.columns.page_url.set(batch.count, 'https://shop.example/');
    batch.commit(1e15, 0, 1);
    batch.columns.tax.set(batch.count, 12_0000);
    batch.commit(1e15, 0, 2);
    const finished = batch.finish([]);
    expect([...(finished.extra ?? [])]).toEqual([0, 1, 1]);
    const moved = structuredClone(finished, { transfer: transferList(finished) });
    expect(moved.count).toBe(3);
    expect(finished.time.length).toBe(0);
  });
});
