import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import { FootfallError } from '../../core/errors/footfall-error.ts';

/** 32 MB and about a fifth of a second: one of OWASP's choices for scrypt. */
const COST = { N: 1 << 15, r: 8, p: 3 } as const;
const SALT_BYTES = 16;
const HASH_BYTES = 32;
const SHORTEST = 12;
const LONGEST = 256;

/**
 * Makes what is kept of a password: `scrypt$N$r$p$salt$hash`, so that its cost may rise later.
 * @throws FootfallError `access.password` for one that is too short or too long, or says nothing but the name
 */
export async function packPassword(password: string, name: string): Promise<string> {
  checkPassword(password, name);
  const salt = randomBytes(SALT_BYTES);
  const { N, r, p } = COST;
  const hash = await derive(password, salt, COST);
  return ['scrypt', N, r, p, salt.toString('base64'), hash.toString('base64')].join('$');
}

/** Whether this is the password; in the same time whether there is one or not. @param packed null: nobody's */
export async function isPassword(password: string, packed: string | null): Promise<boolean> {
  const [kind, N, r, p, salt = '', hash = ''] = (packed ?? NOBODY).split('$');
  if (kind !== 'scrypt') return false;
  const wanted = Buffer.from(hash, 'base64');
  const cut = password.slice(0, LONGEST);
  const found = await derive(cut, Buffer.from(salt, 'base64'), { N: Number(N), r: Number(r), p: Number(p) });
  return timingSafeEqual(found, wanted) && packed !== null && cut === password;
}

/** Costs as much as a real one, and no password gives it. */
const NOBODY = ['scrypt', COST.N, COST.r, COST.p, Buffer.alloc(SALT_BYTES), Buffer.alloc(HASH_BYTES)]
  .map((part) => (part instanceof Buffer ? part.toString('base64') : part))
  .join('$');

function checkPassword(password: string, name: string): void {
  const length = [...password].length;
  if (length >= SHORTEST && password.length <= LONGEST && password.toLowerCase() !== name.toLowerCase()) return;
  throw new FootfallError('access.password', { shortest: SHORTEST, longest: LONGEST });
}

interface Cost {
  readonly N: number;
  readonly r: number;
  readonly p: number;
}

function derive(password: string, salt: Uint8Array, { N, r, p }: Cost): Promise<Buffer> {
  const options: ScryptOptions = { N, r, p, maxmem: 256 * N * r };
  return new Promise<Buffer>((resolve, reject) => {
    // The same letters may be written in several ways, by another keyboard.
    scrypt(password.normalize('NFKC'), salt, HASH_BYTES, options, (error, hash) =>
      error === null ? resolve(hash) : reject(error),
    );
  });
}
