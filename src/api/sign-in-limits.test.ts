import { expect, test } from 'vitest';
import { SignInLimits } from './sign-in-limits.ts';

let now = 0;
const wrong = async () => undefined;
const right = async () => 'somebody';
const limited = expect.objectContaining({ code: 'access.rate' });

test('a name is guessed five times at an address, then three times a minute', async () => {
  const limits = new SignInLimits(() => now);
  for (let i = 0; i < 5; i += 1) expect(await limits.attempt('a', 'Ann', wrong)).toBeUndefined();
  await expect(limits.attempt('a', ' ann', right)).rejects.toMatchObject({
    code: 'access.rate',
    params: { seconds: 20 },
  });
  expect(await limits.attempt('a', 'bob', right)).toBe('somebody');
  expect(await limits.attempt('b', 'ann', right)).toBe('somebody');
  now += 20_000;
  expect(await limits.attempt('a', 'ann', wrong)).toBeUndefined();
  await expect(limits.attempt('a', 'ann', wrong)).rejects.toEqual(limited);
});

test('many names from one address, and one name from many addresses, are slowed as well', async () => {
  const limits = new SignInLimits(() => now);
  for (let i = 0; i < 20; i += 1) await limits.attempt('a', `name ${i}`, wrong);
  await expect(limits.attempt('a', 'another', right)).rejects.toEqual(limited);
  await expect(limits.attempt('a', null, right)).rejects.toEqual(limited);
  for (let i = 0; i < 50; i += 1) await limits.attempt(`address ${i}`, 'ann', wrong);
  await expect(limits.attempt('one more', 'ann', right)).rejects.toEqual(limited);
  now += 3_000;
  expect(await limits.attempt('one more', 'ann', right)).toBe('somebody');
});

test('what is not tried counts nowhere', async () => {
  const limits = new SignInLimits(() => now);
  for (let i = 0; i < 5; i += 1) await limits.attempt('a', 'ann', wrong);
  for (let i = 0; i < 100; i += 1) await expect(limits.attempt('a', 'ann', wrong)).rejects.toEqual(limited);
  for (let i = 0; i < 15; i += 1) expect(await limits.attempt('a', `name ${i}`, wrong)).toBeUndefined();
  await expect(limits.attempt('a', 'bob', right)).rejects.toEqual(limited);
});

test('what succeeds does not count, not even as the last try that there is', async () => {
  const limits = new SignInLimits(() => now);
  for (let i = 0; i < 4; i += 1) await limits.attempt('a', 'ann', wrong);
  for (let i = 0; i < 100; i += 1) expect(await limits.attempt('a', 'ann', right)).toBe('somebody');
});

test('four are tried at once, and what failed makes room', async () => {
  const limits = new SignInLimits(() => now);
  const { promise, reject } = Promise.withResolvers<undefined>();
  const waiting = [1, 2, 3, 4].map((i) => limits.attempt('a', `name ${i}`, () => promise));
  await expect(limits.attempt('b', 'bob', right)).rejects.toEqual(limited);
  reject(new Error('no memory'));
  expect((await Promise.allSettled(waiting)).map(({ status }) => status)).toEqual(Array(4).fill('rejected'));
  expect(await limits.attempt('b', 'bob', right)).toBe('somebody');
});
