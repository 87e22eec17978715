import { begin, footfall, until } from '../cli/footfall-process.ts';

/** A server in a process of its own. */
export interface ServerProcess {
  readonly url: string;
  /** What it has told the operator so far. */
  errors(): string;
  /** Ends it as an operator would, and waits. */
  stop(): Promise<{ readonly code: number | null; readonly stderr: string }>;
  /** Ends it as a power failure would, and waits. */
  kill(): Promise<void>;
}

/** Starts `footfall up` on a free port. @param flags others that it gets */
export async function startServer(data: string, flags: readonly string[] = []): Promise<ServerProcess> {
  const running = begin(['up', '--data', data, '--port', '0', '--no-demo', '--no-open', ...flags]);
  const address = (): string | undefined => /https?:\/\/\S+/.exec(running.output())?.[0];
  await until(() => address() !== undefined || running.process.exitCode !== null);
  const url = address();
  if (url === undefined) throw new Error(`the server did not start: ${(await running.ended).stderr}`);
  return {
    url,
    errors: running.errors,
    stop: async () => {
      running.process.kill('SIGTERM');
      return running.ended;
    },
    kill: async () => {
      running.process.kill('SIGKILL');
      await running.ended;
    },
  };
}

export async function makeKey(data: string, role: string): Promise<string> {
  const { stdout } = await footfall(['keys', 'create', '--role', role, '--data', data, '--json']);
  return (JSON.parse(stdout) as { key: string }).key;
}
