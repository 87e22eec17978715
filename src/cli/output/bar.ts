const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** A bar as long as a share of a width, to an eighth of a column; anything above nothing shows. @example bar(0.5, 4) // '██' */
export function bar(share: number, width: number): string {
  const eighths = Math.round(Math.min(1, Math.max(0, share)) * width * 8);
  const drawn = share > 0 ? Math.max(1, eighths) : 0;
  return '█'.repeat(Math.floor(drawn / 8)) + (EIGHTHS[drawn % 8] ?? '');
}

/** @example percent(0.0921) // '9.2 %' */
export const percent = (share: number | null): string => (share === null ? '' : `${(share * 100).toFixed(1)} %`);
