/** The part of node-postgres that turns values into parameters. Its own queries use the same. */
declare module 'pg/lib/utils.js' {
  export function prepareValue(value: unknown): string | Buffer | null
}
