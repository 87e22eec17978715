import { FootfallError } from '../../core/errors/footfall-error.ts';
import type { EpochMicros } from '../../core/time.ts';
import { crashPoint } from '../../engine/crash-point.ts';
import { crowded, joinFiles } from '../../engine/lake/join-files.ts';
import { writeLake } from '../../engine/lake/write-lake.ts';
import { Reader } from '../../engine/read.ts';
import type { Shop } from '../../engine/shop.ts';
import { damageOf, sweepLake } from '../../journal/lake/lake-file.ts';
import { EMPTY_LAKE, type LakeManifest, readManifest, writeManifest } from '../../journal/lake/manifest.ts';
import type { Session } from '../../store/session.ts';
import { Turn } from '../../store/turn.ts';

/** Limits of a lake's work; tests choose smaller ones. */
export interface LakeLimits {
  /** Events that are written at once, about. */
  readonly step?: number;
  /** Files of one day that are left as they are. */
  readonly mostFiles?: number;
}

/**
 * The lake of an open shop: its stored events as Parquet, a folder for each day of UTC, written beside intake through a
 * connection of its own. A manifest names its files: until it does, they are nobody's, so that whatever ends the process
 * leaves the lake as it was or as it is to be.
 */
export class Lake {
  readonly folder: string;
  private readonly shop: Shop;
  private readonly session: Session;
  private readonly reader: Reader;
  private readonly limits: LakeLimits;
  private readonly turn = new Turn();
  private held: LakeManifest;
  /** All that came with batches up to this one is in the lake; what came before this process began is looked through. */
  private batch = 0;

  private constructor(folder: string, shop: Shop, session: Session, held: LakeManifest, limits: LakeLimits) {
    this.folder = folder;
    this.shop = shop;
    this.session = session;
    this.reader = new Reader(shop, session);
    this.held = held;
    this.limits = limits;
  }

  /**
   * The lake of a shop, maybe an empty one; null where its manifest is damaged: what cannot be read must not be
   * written over. What a crash left of files that are not named is deleted.
   */
  static async open(shop: Shop, folder: string, limits: LakeLimits = {}): Promise<Lake | null> {
    const found = readManifest(folder);
    if (found.found === 'damaged') return null;
    const manifest = found.found === 'none' ? EMPTY_LAKE : found.manifest;
    sweepLake(folder, manifest);
    return new Lake(folder, shop, await shop.database.connect(), manifest, limits);
  }

  get manifest(): LakeManifest {
    return this.held;
  }

  /**
   * Writes all that the lake does not hold yet, step by step, and joins files of which a day has too many.
   * @throws FootfallError `lake.changed` when the folder was taken away or another one put in its place
   */
  write(now: EpochMicros, signal?: AbortSignal): Promise<void> {
    return this.turn.take(async () => {
      this.mustBeHeld();
      for (let more = true; more && signal?.aborted !== true; ) {
        const step = await this.reader.ask([], (reading) =>
          writeLake(reading, this.folder, this.held, this.batch, now, this.limits.step),
        );
        if (step === null) break;
        crashPoint('lake.files_written');
        this.take(step.manifest);
        this.batch = step.batch;
        more = step.more;
      }
      for (const files of crowded(this.held, this.limits.mostFiles)) {
        if (signal?.aborted === true) return;
        // What is damaged stays as it is, to be found by whoever looks for it.
        const damage = await Promise.all(files.map((file) => damageOf(this.folder, file)));
        if (damage.some((each) => each !== null)) continue;
        const version = this.held.version + 1;
        const joined = await joinFiles(this.session, this.folder, files, version);
        const others = this.held.files.filter((file) => !files.includes(file));
        crashPoint('lake.files_joined');
        this.take({ ...this.held, version, written: now, files: [...others, joined] });
        sweepLake(this.folder, this.held);
      }
    });
  }

  /**
   * Writes everything anew from the database, and deletes all that was there before: after an erasure. Until all of it is
   * written, the former files hold.
   */
  rewrite(now: EpochMicros): Promise<void> {
    return this.turn.take(async () => {
      let made: LakeManifest = { ...EMPTY_LAKE, version: this.held.version };
      let batch = 0;
      for (let more = true; more; ) {
        const before: LakeManifest = made;
        const step = await this.reader.ask([], (reading) =>
          writeLake(reading, this.folder, before, batch, now, this.limits.step),
        );
        if (step === null) break;
        [made, batch, more] = [step.manifest, step.batch, step.more];
      }
      this.take(made);
      this.batch = batch;
      sweepLake(this.folder, this.held);
    });
  }

  /** Interrupts what is under way, and gives the connection back: what was not finished is written again. */
  close(): Promise<void> {
    return this.shop.database.disconnect(this.session, 'interrupt');
  }

  /** A manifest that cannot be read is written again; one that is another's, or is gone, is not. */
  private mustBeHeld(): void {
    const found = readManifest(this.folder);
    const version = found.found === 'manifest' ? found.manifest.version : 0;
    if (found.found !== 'damaged' && version !== this.held.version)
      throw new FootfallError('lake.changed', { path: this.folder });
  }

  private take(manifest: LakeManifest): void {
    this.mustBeHeld();
    writeManifest(this.folder, manifest);
    crashPoint('lake.manifest_written');
    this.held = manifest;
  }
}
