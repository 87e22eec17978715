import { X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import type { Server } from 'node:https';
import { createSecureContext } from 'node:tls';
import type { Config } from '../config/settings.ts';
import { FootfallError } from '../core/errors/footfall-error.ts';
import { formatInstant, type Millis } from '../core/time.ts';

/** Files of a certificate and its key. */
export interface CertificateFiles {
  readonly cert: string;
  readonly key: string;
}

/** What they hold, as PEM. */
export interface Certificate {
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** Null: without TLS. @throws FootfallError `access.tls` for one file without the other */
export function certificateFiles({ tlsCert: cert, tlsKey: key }: Config): CertificateFiles | null {
  if (cert === undefined && key === undefined) return null;
  if (cert !== undefined && key !== undefined) return { cert, key };
  const none = '(none)';
  throw new FootfallError('access.tls', { cert: cert ?? none, key: key ?? none, reason: 'one of the two is missing' });
}

/** @throws FootfallError `access.tls` for files that cannot be read or do not belong together */
export function readCertificate(files: CertificateFiles): Certificate {
  try {
    const read = { cert: readFileSync(files.cert), key: readFileSync(files.key) };
    createSecureContext(read);
    const { validToDate } = new X509Certificate(read.cert);
    if (validToDate.getTime() < Date.now())
      throw new Error(`it is valid until ${formatInstant(validToDate.getTime() * 1000)} only`);
    return read;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new FootfallError('access.tls', { cert: files.cert, key: files.key, reason }, { cause });
  }
}

/** Files are looked at so often: tools that renew certificates replace them, or links to them, in ways that tell nobody. */
const LOOK_EVERY: Millis = 1_000;

/**
 * Has a server use the files as they are after a change, for connections from then on; what cannot be used is told, and
 * the server goes on with what it has.
 * @returns ends it
 */
export function followCertificate(
  server: Pick<Server, 'setSecureContext'>,
  files: CertificateFiles,
  say: (line: string) => void,
  every: Millis = LOOK_EVERY,
): () => void {
  let seen = stateOf(files);
  const looking = setInterval(() => {
    const state = stateOf(files);
    if (state === seen) return;
    seen = state;
    try {
      server.setSecureContext(readCertificate(files));
      say(`the certificate ${files.cert} was read again`);
    } catch (error) {
      say(`${FootfallError.from(error).render()}\n  the server goes on with the one before`);
    }
  }, every);
  looking.unref();
  return () => clearInterval(looking);
}

/** Changes whenever a file does. */
const stateOf = ({ cert, key }: CertificateFiles): string =>
  [cert, key]
    .map((path) => {
      const stat = statSync(path, { throwIfNoEntry: false, bigint: true });
      return stat === undefined ? 'gone' : `${stat.ino} ${stat.size} ${stat.mtimeNs}`;
    })
    .join(', ');
