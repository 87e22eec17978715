import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import type { RepairStep } from '../../core/repair-rule.ts';
import type { Found } from '../../engine/erase/search-database.ts';
import type { Tombstones } from '../../engine/erase/tombstones.ts';
import { withinJson } from '../../engine/erase/within-json.ts';
import { keepContent, wholeCopy } from '../../journal/fact-copy.ts';
import { encodeFact } from '../../journal/fact-line.ts';
import { type Fact, FactLog } from '../../journal/fact-log.ts';
import { writeDurably } from '../../journal/write-durably.ts';
import { CsvRow } from '../../source/csv/csv-row.ts';
import type { ErasedStore } from './erased-store.ts';

/** Content of a kept file as it reads, however it is packed. */
function readPacked(path: string): Buffer {
  const bytes = readFileSync(path);
  if (path.endsWith('.gz')) return gunzipSync(bytes);
  return path.endsWith('.zst') ? zstdDecompressSync(bytes) : bytes;
}

/** Facts and the files that they are about. */
export const erasedFacts: ErasedStore = {
  exclusively: true,
  files: (folder) => ['facts.ndjson', ...keptFiles(folder).map((name) => `facts/${name}`)],
  search: async ({ folder, tombstones }) => searchFacts(folder, tombstones),
  rewrite: async ({ tombstones }, folder) => rewriteFacts(folder, tombstones),
};

const keptFiles = (folder: string): readonly string[] =>
  existsSync(join(folder, 'facts')) ? readdirSync(join(folder, 'facts')) : [];

function searchFacts(folder: string, tombstones: Tombstones): readonly Found[] {
  // An erasure names nobody: its digests are no ids.
  const facts = FactLog.in(folder)
    .read()
    .filter(({ kind }) => kind !== 'erasure');
  const named = facts.filter((fact) => withinJson(fact, tombstones)).length;
  return [
    { place: 'facts.ndjson', rows: named },
    ...keptFiles(folder).map((name) => {
      const lines = readPacked(join(folder, 'facts', name))
        .toString('utf8')
        .split('\n');
      return { place: `facts/${name}`, rows: lines.filter((line) => tombstones.within(line)).length };
    }),
  ];
}

/**
 * Writes the facts of a data folder anew without erased people: rows of users are gone from kept files, links and marks
 * name nobody. Numbers stay. Files that no fact names are deleted.
 */
function rewriteFacts(folder: string, tombstones: Tombstones): void {
  const log = FactLog.in(folder);
  const facts = log.read();
  if (facts.length === 0) return;
  const rewritten = facts.map((fact, i) => withoutPeople(folder, fact, i + 1, tombstones));
  const lines = rewritten.map((fact, i) => Buffer.concat([encodeFact(fact, i + 1), Buffer.from('\n')]));
  if (JSON.stringify(rewritten) !== JSON.stringify(facts)) writeDurably(log.path, Buffer.concat(lines));
  const named = new Set(rewritten.flatMap((fact) => ('file' in fact ? [fact.file] : [])));
  for (const name of keptFiles(folder)) if (!named.has(name)) rmSync(join(folder, 'facts', name));
  for (const name of readdirSync(dirname(log.path)))
    if (name.startsWith(`${basename(log.path)}.torn`)) rmSync(join(dirname(log.path), name));
}

function withoutPeople(folder: string, fact: Fact, number: number, tombstones: Tombstones): Fact {
  switch (fact.kind) {
    case 'dimension': {
      if (fact.dimension !== 'user') return fact;
      const content = readPacked(wholeCopy(folder, fact, number));
      const kept = withoutUsers(content, tombstones);
      return kept.length === content.length ? fact : { ...fact, file: keepContent(folder, kept, '.csv').name };
    }
    case 'people': {
      const rows = fact.rows.flatMap((row) => {
        const stone = tombstones.of(row.visitor) ?? (row.user === undefined ? null : tombstones.of(row.user));
        if (stone === null) return [row];
        if (stone.mode === 'remove') return [];
        const other = (id: string): string => (tombstones.of(id) === null ? id : tombstones.surrogate(stone, id));
        return [{ ...row, visitor: other(row.visitor), ...(row.user === undefined ? {} : { user: other(row.user) }) }];
      });
      return { ...fact, rows };
    }
    case 'repair':
      return { ...fact, rule: fact.rule.map((step) => stepWithout(step, tombstones)) };
    default:
      return fact;
  }
}

function stepWithout(step: RepairStep, tombstones: Tombstones): RepairStep {
  const said = (text: string): string => (tombstones.within(text) ? 'erased' : text);
  if (step.do === 'default') return { ...step, value: said(step.value) };
  return step.do === 'map' ? { ...step, from: said(step.from), to: step.to === null ? null : said(step.to) } : step;
}

/** A CSV without the rows of erased users, byte for byte otherwise. */
function withoutUsers(content: Buffer, tombstones: Tombstones): Buffer {
  const row = new CsvRow();
  const parts: Buffer[] = [];
  let column = -1;
  for (let at = 0; at < content.length; at = row.next) {
    if (row.scan(content, at, content.length, true) !== 'row') {
      parts.push(content.subarray(at));
      break;
    }
    const cell = (i: number): string =>
      content
        .subarray(row.bounds[i * 2], row.bounds[i * 2 + 1])
        .toString('utf8')
        .replaceAll('""', '"');
    if (column < 0)
      column = Array.from({ length: row.cells }, (_, i) => cell(i).replace(/^\ufeff/, '')).indexOf('user_id');
    else if (column < row.cells && tombstones.of(cell(column)) !== null) continue;
    parts.push(content.subarray(at, row.next));
  }
  return Buffer.concat(parts);
}
