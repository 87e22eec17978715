/**
 * Bytes of an amount as DuckDB reads it; of another text, 0.
 * @example bytesOf('600MB') // 600_000_000
 * @example bytesOf('1.5 GiB') // 1_610_612_736
 */
export function bytesOf(text: string): number {
  const [, amount = '0', unit = 'B'] = /^([\d.]+)\s*(\w+)$/.exec(text) ?? [];
  const power = 'BKMGT'.indexOf(unit[0]?.toUpperCase() ?? 'B');
  return Number(amount) * (unit.includes('i') ? 1024 : 1000) ** Math.max(0, power);
}
