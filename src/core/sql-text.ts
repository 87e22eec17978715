/** A text as a literal of SQL. @example literalText("O'Neil") // "'O''Neil'" */
export const literalText = (text: string): string => `'${text.replaceAll("'", "''")}'`;
