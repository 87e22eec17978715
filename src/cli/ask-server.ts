import { readFileSync } from 'node:fs';
import { FootfallError } from '../core/errors/footfall-error.ts';
import type { QueryPart } from '../runtime/operations/query.ts';

/** A server that is somewhere else, and the file with the key for it: secrets are in no command line. */
export interface OtherServer {
  readonly url: string;
  readonly keyFile: string;
}

interface Answer {
  readonly columns: Extract<QueryPart, { columns: unknown }>['columns'];
  readonly rows: Extract<QueryPart, { rows: unknown }>['rows'];
  readonly truncated: string | null;
  readonly as_of: string;
}

/**
 * Asks a server by SQL, as its explorer answers.
 * @throws FootfallError `cli.server_silent`, `cli.server` with what it said, `cli.usage` for a key file that cannot be read
 */
export async function askServer({ url, keyFile }: OtherServer, body: object): Promise<Answer> {
  const answer = await fetch(addressOf(url), {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { authorization: `Bearer ${keyIn(keyFile)}`, 'content-type': 'application/json' },
  }).catch((cause: Error) => {
    const { code, message } = (cause.cause ?? cause) as { readonly code?: string; readonly message: string };
    throw new FootfallError('cli.server_silent', { url, reason: code ?? message }, { cause });
  });
  const said = (await answer.json().catch(() => ({}))) as Answer & Partial<Readonly<Record<string, string>>>;
  if (answer.ok) return said;
  const { detail = `status ${answer.status}`, code = 'no code', hint = 'look at the log of the server' } = said;
  throw new FootfallError('cli.server', { url, detail, code, hint });
}

function addressOf(url: string): URL {
  try {
    return new URL('/v1/sql', url);
  } catch {
    throw new FootfallError('cli.usage', { reason: `--server is no address such as http://127.0.0.1:7070: ${url}` });
  }
}

function keyIn(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (cause) {
    const { code = 'unknown' } = cause as NodeJS.ErrnoException;
    throw new FootfallError('cli.usage', { reason: `the key in ${path} cannot be read: ${code}` }, { cause });
  }
}
