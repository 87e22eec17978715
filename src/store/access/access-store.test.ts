import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { days, hours, minutes } from '../../core/time.ts';
import { recognisable } from '../api-keys.ts';
import { ControlDatabase } from '../control-database.ts';
import type { AccessStore } from './access-store.ts';
import { isPassword, packPassword } from './password.ts';

const folder = mkdtempSync(join(tmpdir(), 'footfall-access-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const NOW = 1_800_000_000_000_000;
const GOOD = 'correct horse battery';
let path: string;
let access: AccessStore;
let number = 0;
beforeEach(() => {
  number += 1;
  path = join(folder, `${number}.db`);
  const control = ControlDatabase.open(path);
  access = control.access;
  return () => control.close();
});

test('nobody else of the machine may read the file', () => {
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test('a password is kept as a hash with its cost and salt, and known again in any writing of its letters', async () => {
  const [one, other] = await Promise.all([
    packPassword('pässword of many', 'ann'),
    packPassword('pässword of many', 'ann'),
  ]);
  expect(one).toMatch(/^scrypt\$32768\$8\$3\$[\w+/=]{24}\$[\w+/=]{44}$/);
  expect(one).not.toBe(other);
  expect(await isPassword('pa\u0308ssword of many', one)).toBe(true);
  expect(await isPassword('pässword of man', one)).toBe(false);
  // One that was made at another cost.
  const cheap = 'scrypt$1024$8$1$AAAAAAAAAAAAAAAAAAAAAA==$';
  expect(await isPassword('x', `${cheap}${Buffer.alloc(32).toString('base64')}`)).toBe(false);
});

test('a password that nobody has costs as much as one that somebody has', async () => {
  const packed = await packPassword(GOOD, 'ann');
  const cost = async (kept: string | null): Promise<number> => {
    const began = performance.now();
    expect(await isPassword('wrong and longer', kept)).toBe(false);
    return performance.now() - began;
  };
  const [somebody, nobody] = [await cost(packed), await cost(null)];
  expect(nobody).toBeGreaterThan(somebody / 5);
});

test.each(['short', 'x'.repeat(257), 'Ann of the Shop', '', '            '.slice(0, 11)])(
  '%j is no password',
  async (password) => {
    await expect(packPassword(password, 'ann of the shop')).rejects.toMatchObject({ code: 'access.password' });
  },
);

test('people are known by name in any case, and a name is given once', async () => {
  const ann = access.accounts.add({ name: ' Ann ', role: 'admin' }, NOW);
  expect(ann).toMatchObject({ name: 'Ann', role: 'admin', hasPassword: false, signedIn: null });
  expect(() => access.accounts.add({ name: 'ANN', role: 'read' }, NOW)).toThrow(
    expect.objectContaining({ code: 'access.name' }),
  );
  for (const name of ['', '  ', 'a\nb', 'x'.repeat(101), '\u202Eevil'])
    expect(() => access.accounts.add({ name, role: 'read' }, NOW)).toThrow(
      expect.objectContaining({ code: 'access.name' }),
    );
  expect(await access.accounts.check('ann', '')).toBeUndefined();
  await access.accounts.setPassword('ann', GOOD);
  expect(await access.accounts.check('aNN', GOOD)).toMatchObject({ account: { name: 'Ann', hasPassword: true } });
  expect(await access.accounts.check('ann', `${GOOD}!`)).toBeUndefined();
  expect(await access.accounts.check('bob', GOOD)).toBeUndefined();
  expect(() => access.accounts.get('bob')).toThrow(expect.objectContaining({ code: 'access.account' }));
});

test('a password that ends while it is looked at lets nobody in, and sets no other one', async () => {
  const { accounts, signIns } = access;
  accounts.add({ name: 'ann', role: 'admin' }, NOW);
  accounts.add({ name: 'bob', role: 'read' }, NOW);
  await accounts.setPassword('bob', GOOD);
  const checked = await accounts.check('bob', GOOD);
  if (checked === undefined) throw new Error('the password is right');
  expect(signIns.find(signIns.begin(checked, NOW), NOW)?.account.name).toBe('bob');
  const changing = accounts.setPassword('bob', `${GOOD} of mine`, checked);
  accounts.dropPassword('bob');
  const refused = { code: 'access.sign_in' };
  await expect(changing).rejects.toMatchObject(refused);
  expect(accounts.get('bob').hasPassword).toBe(false);
  expect(() => signIns.begin(checked, NOW)).toThrow(expect.objectContaining(refused));
  const bob = accounts.remove('bob');
  for (const gone of [checked, bob]) expect(() => signIns.begin(gone, NOW)).toThrow(expect.objectContaining(refused));
});

test('the last administrator stays one', () => {
  access.accounts.add({ name: 'ann', role: 'admin' }, NOW);
  access.accounts.add({ name: 'bob', role: 'read' }, NOW);
  for (const change of [() => access.accounts.remove('ann'), () => access.accounts.setRole('ann', 'read')])
    expect(change).toThrow(expect.objectContaining({ code: 'access.last_admin' }));
  expect(access.accounts.get('ann').role).toBe('admin');
  access.accounts.setRole('bob', 'admin');
  access.accounts.remove('ann');
  expect(access.accounts.list().map(({ name }) => name)).toEqual(['bob']);
  // Without anybody left there is a first administrator again.
  access.accounts.remove('bob');
  expect(access.accounts.list()).toEqual([]);
});

test('who is signed in is forgotten after eight hours without a request, and after a week in any case', () => {
  const ann = access.accounts.add({ name: 'ann', role: 'admin' }, NOW);
  const busy = access.signIns.begin(ann, NOW);
  const idle = access.signIns.begin(ann, NOW);
  expect(access.accounts.get('ann').signedIn).toBe(NOW);
  expect(access.signIns.find(busy, NOW)).toMatchObject({ account: { name: 'ann' }, expires: NOW + days(7) });
  for (let at = NOW; at < NOW + days(7) - 1; at += hours(7)) expect(access.signIns.find(busy, at)).toBeDefined();
  expect(access.signIns.find(busy, NOW + days(7))).toBeUndefined();
  expect(access.signIns.find(idle, NOW + hours(8) - 1)).toBeDefined();
  expect(access.signIns.find(idle, NOW + hours(17))).toBeUndefined();
  expect(access.signIns.find(`${busy}x`, NOW)).toBeUndefined();
});

test('a page that only stays open keeps nobody signed in', () => {
  const ann = access.accounts.add({ name: 'ann', role: 'admin' }, NOW);
  const open = access.signIns.begin(ann, NOW);
  for (let at = NOW; at < NOW + hours(8); at += hours(1))
    expect(access.signIns.look(open, at)).toMatchObject({ account: { name: 'ann' }, expires: NOW + days(7) });
  expect(access.signIns.look(open, NOW + hours(8))).toBeUndefined();
  expect(access.signIns.find(open, NOW + hours(8))).toBeUndefined();
});

test('a database that cannot be written keeps nobody out who is signed in', () => {
  const ann = access.accounts.add({ name: 'ann', role: 'admin' }, NOW);
  const browser = access.signIns.begin(ann, NOW);
  const other = new DatabaseSync(path);
  other.exec("CREATE TRIGGER full BEFORE UPDATE ON sign_in BEGIN SELECT RAISE(FAIL, 'full'); END");
  other.close();
  expect(access.signIns.find(browser, NOW + minutes(2))?.account.name).toBe('ann');
});

test('whatever changes about somebody is so at their next request', async () => {
  access.accounts.add({ name: 'ann', role: 'admin' }, NOW);
  const bob = access.accounts.add({ name: 'bob', role: 'read' }, NOW);
  const valid = (secret: string) => access.signIns.find(secret, NOW + minutes(2))?.account.role;
  const first = access.signIns.begin(bob, NOW);
  access.accounts.setRole('bob', 'analyst');
  expect(valid(first)).toBe('analyst');
  const [second, third] = [access.signIns.begin(bob, NOW), access.signIns.begin(bob, NOW)];
  access.signIns.end(first);
  expect([first, second, third].map(valid)).toEqual([undefined, 'analyst', 'analyst']);
  await access.accounts.setPassword('bob', GOOD);
  expect([second, third].map(valid)).toEqual([undefined, undefined]);
  const [fourth, fifth] = [access.signIns.begin(bob, NOW), access.signIns.begin(bob, NOW)];
  expect(access.signIns.endAll(bob)).toBe(2);
  expect([fourth, fifth].map(valid)).toEqual([undefined, undefined]);
  const last = access.signIns.begin(bob, NOW);
  access.accounts.remove('bob');
  expect(valid(last)).toBeUndefined();
});

test('twenty browsers of one person are signed in at most', () => {
  const ann = access.accounts.add({ name: 'ann', role: 'admin' }, NOW);
  const secrets = Array.from({ length: 21 }, (_, i) => access.signIns.begin(ann, NOW + i));
  expect(secrets.map((secret) => access.signIns.find(secret, NOW + 30) !== undefined)).toEqual([
    false,
    ...Array.from({ length: 20 }, () => true),
  ]);
});

test('a link lets one in, once, for a day, and only the newest', async () => {
  const bob = access.accounts.add({ name: 'bob', role: 'read' }, NOW);
  const old = access.links.make(bob, NOW);
  const link = access.links.make(bob, NOW);
  const use = (secret: string, at: number, password = GOOD) => access.links.use(secret, { password }, at);
  await expect(use(old, NOW)).rejects.toMatchObject({ code: 'access.link' });
  await expect(use(link, NOW + hours(24))).rejects.toMatchObject({ code: 'access.link' });
  await expect(use(link, NOW, 'short')).rejects.toMatchObject({ code: 'access.password' });
  // What did not work did not use it up.
  expect(await use(link, NOW + hours(24) - 1)).toMatchObject({ name: 'bob', role: 'read', hasPassword: true });
  await expect(use(link, NOW)).rejects.toMatchObject({ code: 'access.link' });
  // A password that is set in another way ends links, too.
  const unused = access.links.make(bob, NOW);
  await access.accounts.setPassword('bob', GOOD);
  await expect(use(unused, NOW)).rejects.toMatchObject({ code: 'access.link' });
});

test('one link, tried twice at once, lets one in', async () => {
  const link = access.links.make(null, NOW);
  const tries = await Promise.allSettled(
    ['ann', 'eve'].map((name) => access.links.use(link, { name, password: GOOD }, NOW)),
  );
  expect(tries.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(access.accounts.list()).toMatchObject([{ role: 'admin' }]);
});

test('the first administrator comes by a link, and there is one first', async () => {
  const link = access.links.make(null, NOW);
  await expect(access.links.use(link, { name: ' ', password: GOOD }, NOW)).rejects.toMatchObject({
    code: 'access.name',
  });
  expect(await access.links.use(link, { name: 'ann', password: GOOD }, NOW)).toMatchObject({
    name: 'ann',
    role: 'admin',
  });
  const late = access.links.make(null, NOW);
  await expect(access.links.use(late, { name: 'eve', password: GOOD }, NOW)).rejects.toMatchObject({
    code: 'access.link',
  });
});

test('a key is replaced by another, and both are valid as long as was said', () => {
  const { key, id, prefix } = access.keys.create({ name: 'shop', role: 'ingest', expires: NOW + days(30) }, NOW);
  const next = access.keys.rotate(prefix, hours(1), NOW);
  expect(access.keys.find(next.key, NOW)).toMatchObject({ name: 'shop', role: 'ingest', expires: NOW + days(30) });
  expect(next.expires).toBe(NOW + days(30));
  expect(access.keys.find(key, NOW + hours(1) - 1)?.id).toBe(id);
  // Its successor would end within the hour.
  expect(() => access.keys.rotate(id, 0, NOW + 1)).toThrow(expect.objectContaining({ code: 'access.key' }));
  expect(access.keys.rotate(next.id, hours(1), NOW + 1).expires).toBe(NOW + days(30));
  expect(access.keys.find(key, NOW + hours(1))).toBeUndefined();
  expect(() => access.keys.rotate(id, 0, NOW + hours(2))).toThrow(expect.objectContaining({ code: 'access.key' }));
  expect([access.keys.stillValid(next.id, NOW), access.keys.any(NOW), access.keys.any(NOW + days(30))]).toEqual([
    true,
    true,
    false,
  ]);
});

test('a key that is named by the whole of it is found, and not told', () => {
  const { key, prefix } = access.keys.create({ name: 'shop', role: 'analyst' }, NOW);
  expect(recognisable(key)).toBe(prefix);
  access.keys.revoke(key, NOW);
  expect(access.keys.find(key, NOW)).toBeUndefined();
  for (const again of [() => access.keys.revoke(key, NOW), () => access.keys.rotate(key, 0, NOW)])
    expect(again).toThrow(expect.objectContaining({ code: 'access.key', params: { name: prefix } }));
});

const entry = (action: string, i: number) => ({
  at: NOW + i,
  who: { kind: 'shell', id: null, name: 'operator', role: null } as const,
  action,
  outcome: 'done' as const,
  from: 'this machine',
  details: { i },
});

test('who did what is read newest first, by action and time', () => {
  for (const [i, action] of ['key.create', 'sql', 'keys', 'key.revoke'].entries())
    access.audit.append(entry(action, i));
  const actions = (query: object) => access.audit.read({ limit: 10, ...query }).map(({ action }) => action);
  expect(actions({})).toEqual(['key.revoke', 'keys', 'sql', 'key.create']);
  expect(actions({ action: 'key' })).toEqual(['key.revoke', 'key.create']);
  expect(actions({ since: NOW + 1, until: NOW + 3 })).toEqual(['keys', 'sql']);
  expect(actions({ before: 3, limit: 1 })).toEqual(['sql']);
  expect(access.audit.read({ limit: 1 })).toMatchObject([{ number: 4, at: NOW + 3, details: { i: 3 } }]);
});

test('processes that write at the same time make one chain', () => {
  const other = ControlDatabase.open(path);
  for (let i = 0; i < 20; i += 1) (i % 3 === 0 ? access : other.access).audit.append(entry('sql', i));
  expect(other.access.audit.verify()).toMatchObject({ lines: 20, wrong: [] });
  expect(access.audit.read({ limit: 20 }).map(({ details }) => details['i'])).toEqual(
    Array.from({ length: 20 }, (_, i) => 19 - i),
  );
  other.close();
});

test('a line that was changed or taken out is found, wherever it is', () => {
  const all = 6;
  for (let i = 0; i < all; i += 1) access.audit.append(entry('sql', i));
  const whole = access.audit.verify();
  expect(whole).toMatchObject({ lines: all, wrong: [], head: { number: all } });
  const other = new DatabaseSync(path);
  expect(() => other.exec('DELETE FROM audit')).toThrow('lines of the audit log stay');
  expect(() => other.exec("UPDATE audit SET action = 'x'")).toThrow('lines of the audit log stay');
  other.exec('DROP TRIGGER audit_is_not_changed; DROP TRIGGER audit_is_not_cut');
  const wrongAfter = (sql: string) => {
    other.exec(`SAVEPOINT before_it; ${sql}`);
    other.exec('RELEASE before_it');
    return access.audit.verify().wrong;
  };
  const kept = other.prepare('SELECT * FROM audit ORDER BY number').all();
  const mend = (): void => {
    other.exec('DELETE FROM audit');
    for (const row of kept) other.prepare('INSERT INTO audit VALUES (?, ?, ?, ?, ?)').run(...Object.values(row));
  };
  expect(wrongAfter("UPDATE audit SET entry = replace(entry, 'operator', 'nobody') WHERE number = 2")).toEqual([
    { number: 2, what: 'changed' },
  ]);
  mend();
  expect(wrongAfter('UPDATE audit SET at = at + 1 WHERE number = 5')).toEqual([{ number: 5, what: 'changed' }]);
  mend();
  expect(wrongAfter("UPDATE audit SET action = 'key' WHERE number = 1")).toEqual([{ number: 1, what: 'changed' }]);
  mend();
  expect(wrongAfter('DELETE FROM audit WHERE number IN (1, 3)')).toEqual([
    { number: 1, what: 'missing' },
    { number: 3, what: 'missing' },
  ]);
  mend();
  expect(wrongAfter('DELETE FROM audit WHERE number >= 5')).toEqual([
    { number: 5, what: 'missing' },
    { number: 6, what: 'missing' },
  ]);
  mend();
  expect(wrongAfter('DELETE FROM audit')).toHaveLength(all);
  // Whoever makes the whole chain anew is found by a hash that was noted.
  access.audit.append(entry('sql', 9));
  other.exec('UPDATE audit SET number = 1');
  other.exec("UPDATE sqlite_sequence SET seq = 1 WHERE name = 'audit'");
  const { head } = whole;
  expect(access.audit.verify().wrong).toEqual([]);
  expect(access.audit.verify(head ?? undefined).wrong).toEqual([{ number: all, what: 'missing' }]);
  other.close();
});
