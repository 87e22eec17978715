export class FootfallError extends Error {
  readonly code: string;
  constructor(code: string, params: Record<string, string> = {}, options: { cause?: unknown } = {}) {
    super(`${code} ${JSON.stringify(params)}`, options);
    this.code = code;
  }
}
