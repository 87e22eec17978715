import type { Block, BlockParser, Parsed } from '../block.ts';
import { BLOCK_SLACK } from '../block.ts';
import type { ByteStream } from './byte-stream.ts';
import { TAIL_BYTES, tailHash } from './fingerprint.ts';
import type { PartitionState } from './partition-state.ts';

const READ_BYTES = 4 << 20;
/** A row that does not fit in this many bytes is refused in pieces. */
const BUFFER_BYTES = READ_BYTES + TAIL_BYTES + (1 << 20);

/** Where a partition starts and what is known of it. */
export interface PartitionStart {
  readonly state: PartitionState;
  readonly parser: BlockParser;
  readonly stream: ByteStream;
  /** Content that was read from the stream already: up to 4 KiB before the position, and whatever follows it. */
  readonly before: Uint8Array;
  readonly after: Uint8Array;
  /** Positions count rows instead of bytes. */
  readonly byRow: boolean;
}

/** A file being read: a window of its bytes, and how far its events have gone. */
export class FilePartition {
  readonly byRow: boolean;
  /** Time of the next event when it is not due yet (event-time pace). */
  laterAt: number | null = null;
  /** The window holds no whole row any more. */
  starving = true;
  readonly #parser: BlockParser;
  readonly #stream: ByteStream;
  readonly #bytes: Uint8Array<ArrayBuffer> = new Uint8Array(BUFFER_BYTES + BLOCK_SLACK);
  readonly #view = new DataView(this.#bytes.buffer);
  readonly #state: PartitionState;
  #start: number;
  #end: number;
  #position: number;
  #clock: number;
  #cut: number;
  #exhausted = false;
  #ended = false;
  #reading: Promise<void> | undefined;

  constructor({ state, parser, stream, before, after, byRow }: PartitionStart) {
    this.byRow = byRow;
    this.#parser = parser;
    this.#stream = stream;
    this.#state = state;
    this.#bytes.set(before, 0);
    this.#bytes.set(after, before.length);
    this.#start = before.length;
    this.#end = before.length + after.length;
    this.#position = state.position;
    this.#clock = state.clock ?? Number.NEGATIVE_INFINITY;
    this.#cut = state.cutBytes;
    this.starving = after.length === 0;
  }

  get clock(): number {
    return this.#clock;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Bytes of the file taken so far. */
  get taken(): number {
    return this.#stream.taken;
  }

  get state(): PartitionState {
    return {
      ...this.#state,
      position: this.#position,
      clock: this.#clock === Number.NEGATIVE_INFINITY ? null : this.#clock,
      ended: this.#ended,
      tailHash: this.byRow ? '' : tailHash(this.#bytes.subarray(0, this.#start)),
      cutBytes: this.#cut,
    };
  }

  /** Reads on; calls while a reading is under way wait for the same one. */
  fill(): Promise<void> {
    this.#reading ??= this.#fill().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  /** Takes events out of the window. */
  parse(block: Pick<Block, 'batch' | 'partition' | 'arrival' | 'rows' | 'until'>): Parsed {
    const start = this.#start;
    const parsed = this.#parser.parse({
      ...block,
      bytes: this.#bytes,
      view: this.#view,
      start,
      end: this.#end,
      base: this.byRow ? this.#position : this.#position - start,
      byRow: this.byRow,
      final: this.#exhausted,
      full: this.#end >= BUFFER_BYTES && start <= TAIL_BYTES,
      knownCut: this.#cut,
    });
    this.#start = parsed.next;
    this.#position += this.byRow ? parsed.rows : parsed.next - start;
    if (parsed.clock > this.#clock) this.#clock = parsed.clock;
    if (parsed.reason === 'more') {
      this.starving = true;
      if (this.#exhausted) {
        this.#ended = true;
        this.#cut = parsed.cut > 0 ? parsed.cut : -1;
      }
    }
    this.laterAt = parsed.reason === 'later' ? parsed.laterAt : null;
    return parsed;
  }

  async close(): Promise<void> {
    await this.#stream.close();
  }

  async #fill(): Promise<void> {
    const keep = Math.max(0, this.#start - TAIL_BYTES);
    if (keep > 0) {
      this.#bytes.copyWithin(0, keep, this.#end);
      this.#start -= keep;
      this.#end -= keep;
    }
    const limit = Math.min(BUFFER_BYTES, this.#end + READ_BYTES);
    const read = await this.#stream.read(this.#bytes.subarray(0, limit), this.#end);
    if (read === 0) this.#exhausted = true;
    this.#end += read;
    this.starving = false;
  }
}
