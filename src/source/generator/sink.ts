/** Where generated files go. */
export interface Sink {
  /**
   * Appends bytes to a file, in the order of the calls. The memory is the sink's until the promise resolves; the
   * caller makes one call a file at a time.
   */
  write(file: string, bytes: Uint8Array): Promise<void>;
  /** Nothing more comes for this file. A file may be seen under its name only from now on. */
  finish(file: string): Promise<void>;
}
