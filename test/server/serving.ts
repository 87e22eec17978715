import { afterAll, beforeAll } from 'vitest';
import type { Role } from '../../src/core/role.ts';
import { scratch } from '../cli/footfall-process.ts';
import { makeKey, type ServerProcess, startServer } from './server-process.ts';

export interface Sent {
  /** Whose key the request carries; without one, it carries none. */
  readonly as?: Role;
  /** GET without a body, POST with one. */
  readonly method?: string;
  /** Text and bytes as they are, anything else as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

export interface Answered {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/**
 * A served shop in an empty folder: `footfall up` in a process of its own, with a key for each role that the tests of a
 * file act in. It runs from before the first of them until after the last.
 * @example const shop = serving(['ingest', 'read']); await shop.send([event]); await shop.get('/v1/views')
 */
export function serving(roles: readonly Role[], flags: readonly string[] = []): ShopServer {
  const shop = new ShopServer(scratch(), flags);
  beforeAll(async () => {
    for (const role of roles) await shop.addKey(role);
    await shop.start();
  });
  afterAll(async () => {
    if (shop.runs) await shop.stop();
  });
  return shop;
}

export class ShopServer {
  readonly data: string;
  private readonly flags: readonly string[];
  private readonly keys = new Map<Role, string>();
  private server: ServerProcess | undefined;

  constructor(data: string, flags: readonly string[] = []) {
    this.data = data;
    this.flags = flags;
  }

  get runs(): boolean {
    return this.server !== undefined;
  }

  get url(): string {
    return this.process.url;
  }

  get process(): ServerProcess {
    if (this.server === undefined) throw new Error('the shop is not served');
    return this.server;
  }

  async start(): Promise<void> {
    this.server = await startServer(this.data, this.flags);
  }

  /** Ends it as an operator would, and waits. */
  stop(): ReturnType<ServerProcess['stop']> {
    const { process } = this;
    this.server = undefined;
    return process.stop();
  }

  /** Ends it as a power failure would, and waits. */
  kill(): Promise<void> {
    const { process } = this;
    this.server = undefined;
    return process.kill();
  }

  /** Makes a key of a role, and shows it in requests from here on. */
  async addKey(role: Role): Promise<string> {
    const key = await makeKey(this.data, role);
    this.keys.set(role, key);
    return key;
  }

  keyOf(role: Role): string {
    const key = this.keys.get(role);
    if (key === undefined) throw new Error(`serving() was not asked for a key with the role ${role}`);
    return key;
  }

  bearer(role: Role): { readonly authorization: string } {
    return { authorization: `Bearer ${this.keyOf(role)}` };
  }

  /** Sends a request; what has a body is JSON unless its headers say otherwise. */
  fetch(path: string, { as, method, body, headers, signal }: Sent = {}): Promise<Response> {
    const plain = typeof body === 'string' || body instanceof Uint8Array;
    const answer = fetch(`${this.url}${path}`, {
      method: method ?? (body === undefined ? 'GET' : 'POST'),
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(as === undefined ? {} : this.bearer(as)),
        ...headers,
      },
      ...(body === undefined
        ? {}
        : { body: plain ? (body as string | Uint8Array<ArrayBuffer>) : JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
    // What it said last tells why nobody answers.
    return answer.catch((cause: unknown) => {
      throw new Error(`${path}: nobody answers; the server said: ${this.process.errors()}`, { cause });
    });
  }

  /** Sends a request whose answer is JSON. */
  async ask(path: string, sent: Sent = {}): Promise<Answered> {
    const answer = await this.fetch(path, sent);
    return { status: answer.status, body: (await answer.json()) as Answered['body'] };
  }

  /** Reads as whoever may read. */
  get(path: string): Promise<Answered> {
    return this.ask(path, { as: 'read' });
  }

  /** Sends events as a shop would. */
  send(body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    return this.fetch('/v1/events', { as: 'ingest', body, headers });
  }

  /** Rows of a view, at most ten thousand. @param more of the query, such as `final=true` */
  async rows(view: string, more = ''): Promise<Readonly<Record<string, unknown>>[]> {
    const { status, body } = await this.get(`/v1/views/${view}/rows?limit=10000${more === '' ? '' : `&${more}`}`);
    if (status !== 200) throw new Error(`${view}: ${status} ${JSON.stringify(body)}`);
    return body['rows'] as Readonly<Record<string, unknown>>[];
  }
}
