import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FootfallError } from '../core/errors/footfall-error.ts';
import { FACT_FORMAT } from './fact-line.ts';
import { type DimensionFact, type Fact, FactLog, type FactMark } from './fact-log.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'footfall-facts-'));
  path = join(folder, 'facts.ndjson');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const sha = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);
/** A line as format 1 had it. */
const firstFormat = (fact: Fact): string => `${sha(JSON.stringify(fact))} ${JSON.stringify(fact)}\n`;
const factOf = (n: number, dimension: DimensionFact['dimension'] = 'rates'): Fact => ({
  kind: 'dimension',
  dimension,
  file: `${String(n).padStart(32, '0')}.csv`,
  validFrom: n === 1 ? null : n * 1_000_000,
  recorded: 1_600_000_000_000_000 + n,
});
const memory = (count = 0): FactMark => {
  let noted = count;
  return {
    read: () => noted,
    note: (next) => {
      noted = next;
    },
  };
};
/** A log as it is written: the first two lines by an older Footfall. */
function written(all: readonly Fact[]): Buffer {
  writeFileSync(path, all.slice(0, 2).map(firstFormat).join(''));
  for (const fact of all.slice(2)) FactLog.in(folder).append(fact);
  return readFileSync(path);
}
/** What is read of some bytes, or the error that it comes to. */
function readOf(bytes: Uint8Array, mark?: FactMark): readonly Fact[] | FootfallError {
  writeFileSync(path, bytes);
  try {
    return FactLog.in(folder, mark).read();
  } catch (error) {
    if (error instanceof FootfallError) return error;
    throw error;
  }
}

test('a line is format, number, checksum and the fact', () => {
  expect(FactLog.in(folder).read()).toEqual([]);
  const [first, second] = [factOf(1), factOf(2, 'stock')];
  expect([FactLog.in(folder).append(first), FactLog.in(folder).append(second)]).toEqual([1, 2]);
  const line = (fact: Fact, n: number) => `2 ${n} ${sha(`2 ${n} ${JSON.stringify(fact)}`)} ${JSON.stringify(fact)}\n`;
  expect(readFileSync(path, 'utf8')).toBe(line(first, 1) + line(second, 2));
  expect(FactLog.in(folder).read()).toEqual([first, second]);
});

test('lines of format 1 are read, and gone on after', () => {
  const all = [factOf(1), factOf(2), factOf(3), factOf(4)];
  written(all);
  expect(FactLog.in(folder).read()).toEqual(all);
});

const NEWER = FACT_FORMAT + 1;

test('a log of a newer format is not read past', () => {
  const text = `${NEWER} 1 {"kind":"wish"}`;
  writeFileSync(path, `${NEWER} 1 ${sha(text)} {"kind":"wish"}\n`);
  expect(() => FactLog.in(folder).read()).toThrow(
    expect.objectContaining({ code: 'store.version', params: { found: NEWER, known: FACT_FORMAT } }),
  );
});

test('cut at any byte of its last line, a log that nobody saw further is usable again, and the rest is kept', () => {
  const all = [factOf(1), factOf(2), factOf(3)];
  const whole = written(all);
  const start = whole.lastIndexOf(0x0a, whole.length - 2) + 1;
  for (let cut = start; cut < whole.length; cut += 1) {
    const known = cut === whole.length - 1 ? all : all.slice(0, 2);
    for (const name of readdirSync(folder)) rmSync(join(folder, name));
    writeFileSync(path, whole.subarray(0, cut));
    const log = FactLog.in(folder);
    expect(log.read()).toEqual(known);
    expect(log.settle(2)).toEqual(known);
    const torn = cut > start && cut < whole.length - 1;
    expect(log.setAside).toBe(torn ? `${path}.torn` : null);
    if (torn) expect(readFileSync(`${path}.torn`)).toEqual(whole.subarray(start, cut));
    expect(log.append(factOf(9))).toBe(known.length + 1);
    expect(FactLog.in(folder).read()).toEqual([...known, factOf(9)]);
  }
});

test('cut at any byte of its last line, a log whose last fact acted is refused by its number', () => {
  const all = [factOf(1), factOf(2), factOf(3)];
  const whole = written(all);
  const start = whole.lastIndexOf(0x0a, whole.length - 2) + 1;
  for (let cut = start; cut < whole.length - 1; cut += 1) {
    const lost = expect.objectContaining({ code: 'journal.facts', where: `${path}:3` });
    writeFileSync(path, whole.subarray(0, cut));
    expect(() => FactLog.in(folder).settle(3)).toThrow(lost);
    expect(() => FactLog.in(folder, memory(3)).read()).toThrow(lost);
    expect(() => FactLog.in(folder, memory(3)).append(factOf(9))).toThrow(lost);
    expect(readFileSync(path)).toEqual(whole.subarray(0, cut));
  }
  rmSync(path);
  expect(readdirSync(folder)).toEqual([]);
  expect(() => FactLog.in(folder, memory(3)).read()).toThrow(
    expect.objectContaining({ message: expect.stringContaining('fact 1 cannot be read: its line is gone; 3 facts') }),
  );
});

test('lines taken out, doubled or in another order are found', () => {
  const lines = written([1, 2, 3, 4, 5].map((n) => factOf(n)))
    .toString()
    .split(/(?<=\n)/);
  const [a = '', b = '', c = '', d = '', e = ''] = lines;
  for (const [wrong, line] of [
    [[a, b, d, e], 3],
    [[b, c, d, e], 2],
    [[a, b, c, c, d, e], 4],
    [[a, b, d, c, e], 3],
    [[a, b, '\n', c, d, e], 3],
  ] as const)
    expect(readOf(Buffer.from(wrong.join('')))).toMatchObject({ code: 'journal.facts', where: `${path}:${line}` });
});

test('what can still be read of a lost fact is told', () => {
  const bytes = written([1, 2, 3].map((n) => factOf(n)));
  bytes[bytes.lastIndexOf('recorded')] = 0;
  expect(readOf(bytes)).toMatchObject({
    code: 'journal.facts',
    message: `${path}:3: fact 3 cannot be read: its line does not fit its checksum; what can be read of it says rates, facts/00000000000000000000000000000003.csv`,
    hint: expect.stringContaining(path),
  });
});

test('what was set aside before stays, and is not done twice', () => {
  const log = FactLog.in(folder, memory());
  log.append(factOf(1));
  for (const name of ['torn', 'torn-2']) {
    writeFileSync(path, '2 2 00', { flag: 'a' });
    log.append(factOf(2));
    expect(log.setAside).toBe(`${path}.${name}`);
    expect(existsSync(`${path}.${name}`)).toBe(true);
  }
  expect(FactLog.in(folder).read()).toEqual([factOf(1), factOf(2), factOf(2)]);
});

test('a log from before marks were kept is marked when it is opened', () => {
  written([factOf(1), factOf(2)]);
  const mark = memory();
  FactLog.in(folder, mark).settle(0);
  expect(mark.read()).toBe(2);
});
