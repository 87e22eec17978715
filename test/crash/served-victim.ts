import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { CrashPoint } from '../../src/engine/crash-point.ts';

/** How a server dies: at a point's nth pass, or by a signal after some time, as a native library aborts. */
export type ServerDeath =
  | { readonly point: CrashPoint; readonly pass: number; readonly patience: number }
  | { readonly signal: 'SIGKILL' | 'SIGSEGV' | 'SIGABRT' | 'SIGBUS'; readonly after: number };

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

/** `footfall up` without its launcher, which would start it again by itself. */
export class ServedVictim {
  readonly url: string;
  private readonly child: ChildProcess;
  private readonly said: () => string;

  private constructor(child: ChildProcess, url: string, said: () => string) {
    this.child = child;
    this.url = url;
    this.said = said;
  }

  /** Starts it, and waits until it is ready; null where it died before. @throws when it ended by itself */
  static async start(data: string, death?: ServerDeath): Promise<ServedVictim | null> {
    const env: NodeJS.ProcessEnv = { ...process.env, UV_THREADPOOL_SIZE: '16' };
    if (death !== undefined && 'point' in death) env['FOOTFALL_CRASH_AT'] = `${death.point}@${death.pass}`;
    const flags = ['--disable-warning=ExperimentalWarning'];
    const child = spawn(
      process.execPath,
      [...flags, MAIN, 'up', '--data', data, '--port', '0', '--no-demo', '--no-open'],
      { env, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    let [output, errors] = ['', ''];
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors += text;
    });
    const ready = new Promise<string>((resolve) => {
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        output += text;
        const url = /http:\/\/\S+/.exec(output)?.[0];
        if (url !== undefined) resolve(url);
      });
    });
    const url = await Promise.race([ready, once(child, 'exit').then(() => null)]);
    if (url !== null) return new ServedVictim(child, url, () => errors);
    if (child.signalCode === null) throw new Error(`it ended by itself with ${child.exitCode}: ${errors}`);
    return null;
  }

  /** Waits for its death, and sees to it. @throws when it ends in another way */
  async dies(death: ServerDeath): Promise<void> {
    const killed = 'signal' in death ? death.signal : 'SIGKILL';
    const wait = 'signal' in death ? death.after : death.patience;
    const timer = setTimeout(() => this.child.kill(killed), wait);
    await this.ended();
    clearTimeout(timer);
    if (this.child.signalCode !== killed)
      throw new Error(`it ended with ${this.child.exitCode ?? this.child.signalCode}: ${this.said()}`);
  }

  /** Ends it as an operator would. @throws when it does not end well */
  async stop(): Promise<void> {
    this.child.kill('SIGTERM');
    await this.ended();
    if (this.child.exitCode !== 0) throw new Error(`it ended with ${this.child.exitCode}: ${this.said()}`);
  }

  private async ended(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) await once(this.child, 'exit');
  }
}
