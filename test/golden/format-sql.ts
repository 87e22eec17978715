/** Words that begin a line of their own within a query. */
const BREAKS = /^(WITH|FROM|WHERE|GROUP BY|UNION ALL|LEFT JOIN|FULL JOIN|JOIN|SELECT)\b/;

/**
 * SQL with a line for each clause, indented by how deep its query lies; calls and short lists stay on their line.
 * Only white space differs from what it is given.
 */
export function formatSql(sql: string): string {
  const lines: string[] = [''];
  /** For each open bracket: whether it holds a query. */
  const brackets: boolean[] = [];
  const depth = () => brackets.filter(Boolean).length;
  const newLine = () => {
    const last = lines.length - 1;
    lines[last] = (lines[last] ?? '').trimEnd();
    if (lines[last] === '') lines.pop();
    lines.push('  '.repeat(depth()));
  };
  const put = (text: string) => {
    lines[lines.length - 1] += text;
  };
  for (let at = 0; at < sql.length; ) {
    const rest = sql.slice(at);
    const quoted = /^'(?:[^']|'')*'|^"[^"]*"/.exec(rest)?.[0];
    const word = /^\w+/.exec(rest)?.[0];
    if (quoted !== undefined) put(quoted);
    else if (rest[0] === '(') {
      put('(');
      brackets.push(/^\(\s*(SELECT|WITH)\b/.test(rest));
    } else if (rest[0] === ')') {
      const isQuery = brackets.pop() === true;
      if (isQuery) newLine();
      put(')');
    } else if (word !== undefined) {
      const inQuery = brackets.length === 0 || brackets.at(-1) === true;
      if (inQuery && BREAKS.test(rest)) newLine();
      put(word);
    } else if (rest[0] !== ' ' || !/^\s*$/.test(lines.at(-1) ?? '')) put(rest[0] ?? '');
    at += quoted?.length ?? word?.length ?? 1;
  }
  return lines
    .map((line) => line.trimEnd())
    .join('\n')
    .trim();
}
