/** The database that `npm run migrate` works on; undefined: the embedded one. */
export function givenDatabase(): string | undefined {
  return process.env.DATABASE_URL || undefined
}
