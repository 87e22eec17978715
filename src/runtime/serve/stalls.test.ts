import { expect, test } from 'vitest';
import { type Standing, stalled, stillStanding } from './stalls.ts';

type Name = 'a' | 'b';
const LIMITS = { a: 3, b: 5 };

test('what stands is what waited at each look since, and never came further', () => {
  const [idle, first, second] = [
    { waits: false, progress: 0 },
    { waits: true, progress: 0 },
    { waits: true, progress: 1 },
  ];
  let found = 0;
  for (const looks of sequences([idle, first, second], 6)) {
    let standing: Standing<Name> = new Map();
    looks.forEach(({ waits, progress }, at) => {
      standing = stillStanding(standing, [{ name: 'a', waits, progress }], at);
    });
    const at = looks.length - 1;
    // Told anew, from the looks alone.
    let since = looks.length;
    while (since > 0 && looks[since - 1]?.waits === true && looks[since - 1]?.progress === looks[at]?.progress)
      since -= 1;
    const expected = since <= at && at - since >= LIMITS.a ? [['a', at - since]] : [];
    found += expected.length;
    expect([looks, [...stalled(standing, LIMITS, at)]]).toEqual([looks, expected]);
  }
  expect(found).toBe(18);
});

/** All of a length. */
function sequences<T>(of: readonly T[], length: number): readonly (readonly T[])[] {
  return length === 0 ? [[]] : sequences(of, length - 1).flatMap((rest) => of.map((each) => [...rest, each]));
}

test('each kind of work has a limit of its own', () => {
  const works = (['a', 'b'] as const).map((name) => ({ name, waits: true, progress: 1 }));
  const standing = stillStanding(stillStanding(new Map(), works, 0), works, 4);
  expect([...stalled(standing, LIMITS, 4)]).toEqual([['a', 4]]);
  expect([...stalled(standing, LIMITS, 5)]).toEqual([
    ['a', 5],
    ['b', 5],
  ]);
});
