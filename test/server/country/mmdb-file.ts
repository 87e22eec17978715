/** A network of IPv4 and its country. */
export type Networks = Readonly<Record<string, string>>;

const [STRING, UINT16, UINT32, MAP] = [2, 5, 6, 7];
const MARKER = Buffer.from('\xab\xcd\xefMaxMind.com', 'latin1');

const text = (value: string): Buffer =>
  Buffer.concat([Buffer.from([(STRING << 5) | value.length]), Buffer.from(value)]);
const whole = (type: number, value: number): Buffer =>
  Buffer.from([(type << 5) | 4, value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255]);
const short = (value: number): Buffer => Buffer.from([(UINT16 << 5) | 2, value >>> 8, value & 255]);
const map = (entries: Readonly<Record<string, Buffer>>): Buffer =>
  Buffer.concat([
    Buffer.from([(MAP << 5) | Object.keys(entries).length]),
    ...Object.entries(entries).flatMap(([key, value]) => [text(key), value]),
  ]);

/**
 * A file in the MaxMind DB format (maxmind.github.io/MaxMind-DB), with records of 24 bits.
 * @example mmdbFile({ '127.0.0.0/8': 'DE' })
 */
export function mmdbFile(networks: Networks): Buffer {
  const nodes: [number | null, number | null][] = [[null, null]];
  const data: Buffer[] = [];
  let bytes = 0;
  // Until it is known how many nodes there are, places in the data are kept as negative numbers.
  for (const [network, country] of Object.entries(networks)) {
    const [address = '', length = '32'] = network.split('/');
    const bits = address.split('.').flatMap((part) => [...Number(part).toString(2).padStart(8, '0')].map(Number));
    let node = 0;
    for (const [i, bit] of bits.slice(0, Number(length)).entries()) {
      const pair = nodes[node] as [number | null, number | null];
      const side = bit as 0 | 1;
      if (i === Number(length) - 1) pair[side] = -1 - bytes;
      else {
        pair[side] ??= nodes.push([null, null]) - 1;
        node = pair[side] as number;
      }
    }
    const entry = map({ country: map({ iso_code: text(country) }) });
    data.push(entry);
    bytes += entry.length;
  }
  const count = nodes.length;
  const tree = Buffer.concat(
    nodes.flat().map((record) => {
      const value = record === null ? count : record < 0 ? count + 16 + (-1 - record) : record;
      return Buffer.from([value >>> 16, (value >>> 8) & 255, value & 255]);
    }),
  );
  const metadata = map({
    binary_format_major_version: short(2),
    binary_format_minor_version: short(0),
    build_epoch: whole(UINT32, 1_700_000_000),
    database_type: text('Test-Country'),
    ip_version: short(4),
    node_count: whole(UINT32, count),
    record_size: short(24),
  });
  return Buffer.concat([tree, Buffer.alloc(16), ...data, MARKER, metadata]);
}
