import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Cursor, formatCursor } from '../../core/cursor.ts';
import { type Found, generationOf, goesOn } from './generation.ts';

/** A database as a file: what it says of itself, and everything that was ever committed to it. */
interface File extends Found {
  readonly commits: readonly number[];
}

const EMPTY: File = { generation: null, epoch: 0, commits: [] };

type Act =
  /** The process starts; it may die before the mark is noted. */
  | { readonly do: 'open'; readonly dies: boolean }
  /** An epoch is committed; the process may die before the mark is noted. */
  | { readonly do: 'commit'; readonly dies: boolean }
  | { readonly do: 'lose' }
  | { readonly do: 'copy' }
  | { readonly do: 'restore'; readonly copy: number };

const dies = fc.integer({ min: 0, max: 4 }).map((n) => n === 0);
const acts: fc.Arbitrary<Act> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('open' as const), dies }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('commit' as const), dies }) },
  { weight: 1, arbitrary: fc.constant({ do: 'lose' as const }) },
  { weight: 2, arbitrary: fc.constant({ do: 'copy' as const }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('restore' as const), copy: fc.nat(20) }) },
);

test('no two states that a reader may have seen have one name, whatever is lost, copied, restored and killed', () => {
  fc.assert(
    fc.property(fc.array(acts, { maxLength: 40 }), (script) => {
      const seen = new Map<string, string>();
      const copies: File[] = [];
      let file = EMPTY;
      let mark: Cursor | null = null;
      let running = false;
      const note = () => {
        mark = { generation: file.generation ?? 0, epoch: file.epoch };
        const name = formatCursor(mark);
        expect(seen.get(name) ?? String(file.commits), name).toBe(String(file.commits));
        seen.set(name, String(file.commits));
      };
      for (const [at, act] of script.entries()) {
        if (act.do === 'open') {
          file = { ...file, generation: generationOf(file, mark) };
          running = !act.dies;
          if (running) note();
        } else if (act.do === 'commit' && running) {
          file = { ...file, epoch: file.epoch + 1, commits: [...file.commits, at] };
          running = !act.dies;
          if (running) note();
        } else if (act.do === 'copy') copies.push(file);
        else if (act.do === 'lose' || act.do === 'restore') {
          file = (act.do === 'restore' ? copies[act.copy % Math.max(1, copies.length)] : undefined) ?? EMPTY;
          running = false;
        }
      }
    }),
    { numRuns: 2000 },
  );
});

test('a database that is not behind its mark keeps its generation', () => {
  expect(generationOf({ generation: null, epoch: 0 }, null)).toBe(1);
  expect(generationOf({ generation: 3, epoch: 7 }, null)).toBe(3);
  expect(generationOf({ generation: 3, epoch: 7 }, { generation: 3, epoch: 7 })).toBe(3);
  expect(generationOf({ generation: 3, epoch: 8 }, { generation: 3, epoch: 7 })).toBe(3);
  expect(generationOf({ generation: 4, epoch: 0 }, { generation: 3, epoch: 7 })).toBe(4);
});

test('one that is behind starts a generation', () => {
  expect(generationOf({ generation: null, epoch: 0 }, { generation: 3, epoch: 7 })).toBe(4);
  expect(generationOf({ generation: 3, epoch: 6 }, { generation: 3, epoch: 7 })).toBe(4);
  expect(generationOf({ generation: 2, epoch: 9 }, { generation: 3, epoch: 7 })).toBe(4);
});

test('a reader goes on in its generation, from an epoch that there was, by the definition in force', () => {
  const now: Cursor = { generation: 2, epoch: 9 };
  expect(goesOn(null, now, 0)).toBe(false);
  expect(goesOn({ generation: 1, epoch: 9 }, now, 0)).toBe(false);
  expect(goesOn({ generation: 3, epoch: 9 }, now, 0)).toBe(false);
  expect(goesOn({ generation: 2, epoch: 10 }, now, 0)).toBe(false);
  expect(goesOn({ generation: 2, epoch: 9 }, now, 0)).toBe(true);
  expect(goesOn({ generation: 2, epoch: 4 }, now, 5)).toBe(false);
  expect(goesOn({ generation: 2, epoch: 5 }, now, 5)).toBe(true);
});
