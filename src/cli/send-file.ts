import { createReadStream, statSync } from 'node:fs';
import { request as overHttp } from 'node:http';
import { request as overTls } from 'node:https';
import { FootfallError } from '../core/errors/footfall-error.ts';

/** What a server answers, as JSON. */
export type ServerAnswer = Readonly<Record<string, unknown>>;

interface Asked {
  readonly key: string;
  readonly method?: 'GET' | 'PUT';
  /** Path of a file that is the body. */
  readonly file?: string;
}

/**
 * Asks a server, with a file as the body if one is given: however large it is, little of it is held.
 * @throws FootfallError `server.unreachable`, `server.refused` with what the server says, `source.missing`
 */
export async function askServer(url: URL, { key, method = 'GET', file }: Asked): Promise<ServerAnswer> {
  const size = file === undefined ? undefined : statSync(file, { throwIfNoEntry: false })?.size;
  if (file !== undefined && size === undefined) throw new FootfallError('source.missing', { path: file });
  const { status, text } = await new Promise<{ status: number; text: string }>((resolve, reject) => {
    const asking = (url.protocol === 'https:' ? overTls : overHttp)(
      url,
      {
        method,
        headers: {
          authorization: `Bearer ${key}`,
          ...(size === undefined ? {} : { 'content-type': 'application/octet-stream', 'content-length': size }),
        },
      },
      (response) => {
        let text = '';
        response
          .setEncoding('utf8')
          .on('data', (more: string) => {
            text += more;
          })
          .on('end', () => resolve({ status: response.statusCode ?? 0, text }))
          .on('error', reject);
      },
    );
    asking.on('error', reject);
    if (file === undefined) asking.end();
    else createReadStream(file).on('error', reject).pipe(asking);
  }).catch((cause: NodeJS.ErrnoException) => {
    throw new FootfallError(
      'server.unreachable',
      { server: url.origin, reason: cause.code ?? cause.message },
      { cause },
    );
  });
  const answer = parsed(text);
  if (status < 400) return answer;
  const said = (name: string): string => String(answer[name] ?? '');
  throw new FootfallError('server.refused', {
    server: url.origin,
    status,
    code: said('code'),
    detail: said('detail'),
    hint: said('hint'),
  });
}

function parsed(text: string): ServerAnswer {
  try {
    return JSON.parse(text) as ServerAnswer;
  } catch {
    return {};
  }
}
