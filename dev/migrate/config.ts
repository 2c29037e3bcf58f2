/** The database that `npm run migrate` is told to work on; undefined: the embedded one. */
export function givenDatabase(): string | undefined {
  return process.env.DATABASE_URL || undefined
}
