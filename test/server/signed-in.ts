import type { AccountRole } from '../../src/store/access/accounts.ts';
import type { ShopServer } from './serving.ts';

/** The password of everybody whom tests let in. */
export const PASSWORD = 'correct horse battery';

/**
 * Lets somebody in, as an administrator's key does and they themselves do after it.
 * @returns the cookie of their browser
 */
export async function signedIn(shop: ShopServer, name: string, role: AccountRole): Promise<string> {
  const added = await shop.ask('/v1/users', { as: 'admin', body: { name, role } });
  const link = String(added.body['link']).split('#')[1];
  const answer = await shop.fetch('/v1/session/link', {
    body: { link, password: PASSWORD },
    headers: { origin: shop.url },
  });
  if (answer.status !== 200) throw new Error(`${name} does not get in: ${await answer.text()}`);
  return cookieOf(answer);
}

/** What a browser sends back of an answer. */
export const cookieOf = (answer: Response): string => answer.headers.getSetCookie()[0]?.split(';', 1)[0] ?? '';
