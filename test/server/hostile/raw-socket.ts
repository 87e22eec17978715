import { connect, type Socket } from 'node:net';

const PATIENCE = 20_000;

/** A connection that says whatever it is told to. */
export class RawSocket {
  private readonly socket: Socket;
  private text = '';
  private over = false;

  constructor(url: string) {
    const { hostname, port } = new URL(url);
    this.socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
    this.socket.setEncoding('latin1').on('data', (piece: string) => {
      this.text += piece;
    });
    // Resets are an answer, too.
    this.socket.on('error', () => this.socket.destroy());
    this.socket.on('end', () => this.socket.end());
    this.socket.on('close', () => {
      this.over = true;
    });
  }

  get closed(): boolean {
    return this.over;
  }

  get received(): string {
    return this.text;
  }

  /** Status codes that came so far, in order. */
  get statuses(): readonly number[] {
    return [...this.text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
  }

  write(text: string | Uint8Array): void {
    this.socket.write(typeof text === 'string' ? Buffer.from(text, 'latin1') : text);
  }

  /** Says that nothing more comes, and goes on listening. */
  finish(): void {
    this.socket.end();
  }

  /** Goes away without a word. */
  destroy(): void {
    this.socket.destroy();
  }

  /** Waits until the server closes. @throws when it does not */
  async end(patience = PATIENCE): Promise<void> {
    const deadline = Date.now() + patience;
    while (!this.over) {
      if (Date.now() > deadline) throw new Error(`still open, after: ${this.text.slice(0, 300)}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}

/** Says something on a connection of its own. @returns what came back until the server closed */
export async function say(url: string, ...pieces: readonly (string | Uint8Array)[]): Promise<RawSocket> {
  const socket = new RawSocket(url);
  for (const piece of pieces) socket.write(piece);
  await socket.end();
  return socket;
}
