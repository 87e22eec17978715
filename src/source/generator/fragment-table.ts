/** Texts rendered once and copied into many rows: products, places, channels. */
export class FragmentTable {
  readonly offsets: Uint32Array;
  readonly view: DataView<ArrayBuffer>;

  constructor(texts: Iterable<string>) {
    const parts = Array.from(texts, (text) => Buffer.from(text, 'utf8'));
    this.offsets = new Uint32Array(parts.length + 1);
    let total = 0;
    parts.forEach((part, index) => {
      total += part.length;
      this.offsets[index + 1] = total;
    });
    const bytes = new Uint8Array(total + 8);
    parts.forEach((part, index) => {
      bytes.set(part, this.offsets[index] as number);
    });
    this.view = new DataView(bytes.buffer);
  }
}
