/**
 * A text as a literal of SQL. A NUL would end the statement: it is written as a call.
 * @example literalText("O'Neil") // "'O''Neil'"
 */
export const literalText = (text: string): string => {
  const quoted = text.split('\0').map((part) => `'${part.replaceAll("'", "''")}'`);
  return quoted.length === 1 ? quoted.join('') : `(${quoted.join(' || chr(0) || ')})`;
};
