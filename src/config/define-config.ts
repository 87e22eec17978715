import type { ConfigFile } from './settings.ts';

/**
 * Types the content of `footfall.config.ts`.
 * @example export default defineConfig({ zone: 'Europe/Athens', currency: 'EUR', lateness: '15m' })
 */
export const defineConfig = (config: ConfigFile): ConfigFile => config;
