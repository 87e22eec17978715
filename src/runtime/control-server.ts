import { chmodSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { FootfallError } from '../core/errors/footfall-error.ts';
import type { OpenShop } from './open-shop.ts';
import type { Operation } from './operation.ts';
import { OPERATIONS } from './operations/operations.ts';

/** Largest request: a query's text. */
const REQUEST_LIMIT = 1 << 20;

/** One line of an answer; the last is `result` or `error`. */
export type ControlLine =
  | { readonly part: unknown }
  | { readonly result: unknown }
  | {
      readonly error: {
        readonly code: string;
        readonly params: Readonly<Record<string, string | number>>;
        readonly where: string | null;
      };
    };

/** The control endpoint of the process that owns a shop, for the commands of other processes. */
export interface ControlServer {
  close(): Promise<void>;
}

/**
 * Serves the operations on a unix socket that only this user may open: `POST /<operation>` with its input as JSON;
 * the answer is a JSON line for each part and one for the result. The caller holds the database's lock, so whatever
 * lies at the socket's path is left over from a process that died.
 */
export async function serveControl(open: OpenShop): Promise<ControlServer> {
  const { socket } = open.folder;
  rmSync(socket, { force: true });
  const server = createServer((request, response) => {
    answer(open, request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(socket, resolve);
  });
  chmodSync(socket, 0o600);
  server.unref();
  return { close: () => closeServer(server) };
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
}

async function answer(open: OpenShop, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const lines: string[] = [];
  const say = (line: ControlLine): void => void lines.push(JSON.stringify(line));
  try {
    const name = (request.url ?? '').slice(1);
    const operations: Readonly<Record<string, unknown>> = OPERATIONS;
    if (request.method !== 'POST' || !Object.hasOwn(operations, name)) {
      throw new FootfallError('cli.unknown_command', { name });
    }
    const { input, run } = operations[name] as Operation<unknown, unknown, unknown>;
    const asked = input.parse(JSON.parse(await bodyOf(request)));
    // Parts are gathered, not sent: a slow reader must not hold the database.
    say({ result: await run(open, asked, (part) => say({ part })) });
  } catch (error) {
    const { code, params, where } = FootfallError.from(error);
    lines.length = 0;
    say({ error: { code, params, where } });
  }
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  for (const line of lines) response.write(`${line}\n`);
  response.end();
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > REQUEST_LIMIT) throw new FootfallError('cli.usage', { reason: 'the request is larger than 1 MB' });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
