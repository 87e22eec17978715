import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import type { RepairStep } from '../../core/repair-rule.ts';
import type { Tombstones } from '../../engine/erase/tombstones.ts';
import { keepContent, wholeCopy } from '../../journal/fact-copy.ts';
import { encodeFact } from '../../journal/fact-line.ts';
import { type Fact, FactLog } from '../../journal/fact-log.ts';
import { writeDurably } from '../../journal/write-durably.ts';
import { CsvRow } from '../../source/csv/csv-row.ts';

/** Content of a kept file as it reads, however it is packed. */
export function readPacked(path: string): Buffer {
  const bytes = readFileSync(path);
  if (path.endsWith('.gz')) return gunzipSync(bytes);
  return path.endsWith('.zst') ? zstdDecompressSync(bytes) : bytes;
}

/**
 * Writes the facts of a data folder anew without erased people: rows of users are gone from kept files, links and marks
 * name nobody. Numbers stay. Files that no fact names are deleted. Nobody else may have the folder open.
 */
export function rewriteFacts(folder: string, tombstones: Tombstones): void {
  const log = FactLog.in(folder);
  const facts = log.read();
  if (facts.length === 0) return;
  const rewritten = facts.map((fact, i) => withoutPeople(folder, fact, i + 1, tombstones));
  const lines = rewritten.map((fact, i) => Buffer.concat([encodeFact(fact, i + 1), Buffer.from('\n')]));
  if (JSON.stringify(rewritten) !== JSON.stringify(facts)) writeDurably(log.path, Buffer.concat(lines));
  const named = new Set(rewritten.flatMap((fact) => ('file' in fact ? [fact.file] : [])));
  const kept = join(folder, 'facts');
  for (const name of existsSync(kept) ? readdirSync(kept) : []) if (!named.has(name)) rmSync(join(kept, name));
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
