/** Characters of a query that the log keeps. */
const MOST = 2_000;

/**
 * Pieces of a query, the longest first where one begins like another: comments, texts in all their forms, quoted names,
 * numbers, names, and anything else.
 */
const PIECES =
  /--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|\$(\w*)\$[\s\S]*?(?:\$\1\$|$)|[eE]'(?:[^'\\]|''|\\[\s\S])*(?:'|$)|'(?:[^']|'')*(?:'|$)|"(?:[^"]|"")*(?:"|$)|\d[\w.]*|[A-Za-z_]\w*|\s+|[\s\S]/g;

/**
 * A query as the audit log keeps it: what it asks, without the values that it asks for. Who was erased must not be found
 * there.
 * @example sqlShape("SELECT * FROM journeys WHERE visitor = 'ann' -- her") // 'SELECT * FROM journeys WHERE visitor = ?'
 */
export function sqlShape(sql: string): string {
  const shape = sql.replace(PIECES, (piece) => {
    if (/^\s/.test(piece)) return ' ';
    if (/^(--|\/\*)/.test(piece)) return '';
    // A name with a number in it may be that of a person.
    if (/^[A-Za-z_]\w*$/.test(piece)) return /\d{3}/.test(piece) ? '?' : piece;
    return /^[-+*/%=<>!(),.;:[\]{}|&^~?@]$/.test(piece) ? piece : '?';
  });
  return shape.replace(/ {2,}/g, ' ').trim().slice(0, MOST);
}
