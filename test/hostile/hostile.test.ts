import { describe, expect, test } from 'vitest';
import { canonical } from '../../shop/vocabularies/canonical.ts';
import { rees46 } from '../../shop/vocabularies/rees46.ts';
import { CsvParser } from '../../src/source/csv/csv-parser.ts';
import { NdjsonParser } from '../../src/source/ndjson/ndjson-parser.ts';
import { parseBytes } from '../../src/source/parse-bytes.ts';
import { recognise } from '../../src/source/shape/recognise.ts';
import type { Vocabulary } from '../../src/source/shape/vocabulary.ts';
import { HOSTILE_ROWS } from './hostile-rows.ts';

const ARRIVAL = Date.parse('2026-01-01T00:00:00Z') * 1000;
const CSV_ROW = '2019-10-01 00:00:00 UTC,view,1,2,a.b,c,1.00,3,s';
const JSON_ROW = '{"event_time":"2019-10-01T00:00:00Z","event_type":"view"}';

const mappingOf = (vocabulary: Vocabulary) => {
  const recognition = recognise(vocabulary.requires, [vocabulary], {});
  if (recognition.outcome === 'unknown') throw new Error(`${vocabulary.name} does not recognise itself`);
  return recognition.mapping;
};

describe('broken rows get their code and pointer, keep their bytes, and stop nothing', () => {
  test.each(HOSTILE_ROWS.map((hostile) => [`${hostile.format}: ${hostile.what}`, hostile] as const))(
    '%s',
    (_, hostile) => {
      const parser =
        hostile.format === 'csv'
          ? new CsvParser(mappingOf(rees46), rees46.requires)
          : new NdjsonParser(mappingOf(canonical));
      const good = Buffer.from(`${hostile.format === 'csv' ? CSV_ROW : JSON_ROW}\n`);
      const row = Buffer.from(hostile.row);
      const content = Buffer.concat([good, row, Buffer.from('\n'), good]);
      for (const blockBytes of [content.length + 1, 1000]) {
        const { rows, rejected, next } = parseBytes(parser, content, { blockBytes, arrival: ARRIVAL });
        expect(next).toBe(content.length);
        expect(rejected.map(({ code, pointer, position }) => ({ code, pointer, position }))).toEqual(
          hostile.code === null ? [] : [{ code: hostile.code, pointer: hostile.pointer, position: good.length }],
        );
        expect(rows.length).toBe(hostile.code === null ? 3 : 2);
        const kept = rejected[0];
        if (kept === undefined) continue;
        expect(Buffer.from(kept.bytes).equals(row.subarray(0, 64 << 10))).toBe(true);
        expect(kept.message.length).toBeLessThan(300);
      }
    },
  );
});
