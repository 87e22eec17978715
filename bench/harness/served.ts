import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { type ProcessUsage, treeOf, usageOf } from './process-usage.ts';

const LAUNCHER = fileURLToPath(new URL('../../bin/footfall', import.meta.url));
const GENERATOR = fileURLToPath(new URL('./load-generator.ts', import.meta.url));

/** What a load generator did, in a process of its own. */
export interface Load {
  readonly events: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
  /** Milliseconds to acknowledgement, one a request. */
  readonly waits: readonly number[];
}

export interface LoadOptions {
  readonly events: number;
  /** Events a request. */
  readonly batch: number;
  readonly clients: number;
  /** Events a second; 0 = as fast as they are acknowledged. */
  readonly rate: number;
  /** Milliseconds after which what was not answered is sent again; absent: it is an error. */
  readonly again?: number;
}

/** What a command prints. @throws Error when it fails */
export async function output(args: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (piece: string) => {
    text += piece;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}`);
  return text;
}

/** `footfall up` over a folder, with keys. */
export class Served {
  readonly folder: string;
  readonly ingest: string;
  readonly read: string;
  private readonly child: ChildProcess;
  private address: string;

  private constructor(folder: string, keys: readonly [string, string], child: ChildProcess, url: string) {
    this.folder = folder;
    [this.ingest, this.read] = keys;
    this.child = child;
    this.address = url;
  }

  /** @param memory DuckDB's memory limit, such as `2GB` */
  static async open(folder: string, memory: string): Promise<Served> {
    const keyOf = async (role: string): Promise<string> => {
      const made = await output([LAUNCHER, 'keys', 'create', '--role', role, '--data', folder, '--json']);
      return (JSON.parse(made) as { key: string }).key;
    };
    const keys = [await keyOf('ingest'), await keyOf('read')] as const;
    const child = spawn(process.execPath, [LAUNCHER, 'up', '--data', folder, '--port', '0', '--no-demo', '--no-open'], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, FOOTFALL_MEMORY_LIMIT: memory },
    });
    let text = '';
    const url = await new Promise<string>((resolve, reject) => {
      child.once('exit', (code) => reject(new Error(`footfall up ended with ${code}`)));
      child.stdout.setEncoding('utf8').on('data', (piece: string) => {
        text += piece;
        const found = /http:\S+/.exec(text)?.[0];
        if (found !== undefined) resolve(found);
      });
    });
    return new Served(folder, keys, child, url);
  }

  get url(): string {
    return this.address;
  }

  /** Of the server and all that it started. */
  usage(): ProcessUsage {
    return usageOf(this.child.pid ?? 0) ?? { peakRss: 0, cpuSeconds: 0 };
  }

  /** Asks as a dashboard does. @throws Error unless it is answered with 200 */
  async ask(path: string, body?: unknown): Promise<Readonly<Record<string, unknown>>> {
    const answer = await fetch(`${this.address}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${this.read}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const said = (await answer.json()) as Readonly<Record<string, unknown>>;
    if (answer.status !== 200) throw new Error(`${path} answers ${answer.status}: ${JSON.stringify(said)}`);
    return said;
  }

  /** Sends events, and waits until they are acknowledged. */
  async send(events: readonly object[]): Promise<void> {
    const answer = await fetch(`${this.address}/v1/events`, {
      method: 'POST',
      headers: { authorization: `Bearer ${this.ingest}`, 'content-type': 'application/json' },
      body: JSON.stringify(events),
    });
    const { accepted } = (await answer.json()) as { accepted?: number };
    if (accepted !== events.length) throw new Error(`${accepted} of ${events.length} events were accepted`);
  }

  async load(given: LoadOptions): Promise<Load> {
    const options = JSON.stringify({ url: this.address, key: this.ingest, ...given });
    return JSON.parse(await output([GENERATOR, options])) as Load;
  }

  /** Kills the server, not its launcher, which starts it again at the same address. */
  crash(): void {
    const [, server] = treeOf(this.child.pid ?? 0);
    if (server === undefined) throw new Error('there is no server to be killed');
    process.kill(server, 'SIGKILL');
  }

  async stop(): Promise<void> {
    this.child.kill('SIGTERM');
    if (this.child.exitCode === null) await once(this.child, 'exit');
  }
}
