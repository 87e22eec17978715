import { Agent, request } from 'node:http';
import type { Answer } from './api-document.ts';

export interface RawRequest {
  readonly method: string;
  /** Path and query, as they are sent. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | null;
}

const agent = new Agent({ keepAlive: true, maxSockets: 8 });
/** An answer that goes on for longer is left: the live stream does. */
const LONG_ENOUGH = 400;
const TOO_LONG = 30_000;

/** Sends a request without looking at it. @throws when it is not answered */
export function sendRaw(url: string, { method, path, headers, body }: RawRequest): Promise<Answer> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, path, method, agent, headers, setHost: true });
    sent.setTimeout(TOO_LONG, () => sent.destroy(new Error(`no answer to ${method} ${path.slice(0, 200)}`)));
    sent.on('error', reject);
    sent.on('response', (answer) => {
      const { statusCode: status = 0 } = answer;
      const type = answer.headers['content-type'] ?? '';
      let text = '';
      const over = (cut: boolean): void => resolve({ status, type, text, cut });
      answer.setEncoding('utf8').on('data', (piece: string) => {
        text += piece;
      });
      answer.on('end', () => over(false));
      answer.on('error', () => over(true));
      if (type.startsWith('text/event-stream'))
        setTimeout(() => {
          over(true);
          sent.destroy();
        }, LONG_ENOUGH);
    });
    if (body !== null) sent.setHeader('content-length', body.length);
    sent.end(body ?? undefined);
  });
}
