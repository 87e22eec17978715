import { createHash, randomBytes } from 'node:crypto';

const BYTES = 32;

/** 256 random bits as text: nobody guesses them, so a plain hash of them is enough to know them again. */
export const newSecret = (): string => randomBytes(BYTES).toString('base64url');

/** What is kept of a secret, and looked up: nothing is compared byte by byte. */
export const hashOf = (secret: string): Uint8Array => createHash('sha256').update(secret).digest();
