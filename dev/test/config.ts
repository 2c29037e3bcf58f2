/** Passes a value to the test files, whose processes inherit this environment. */
export function handToTests(name: `ARGYLE_TEST_${string}`, value: string): void {
  process.env[name] = value
}

/** The URL of the test server's default database, from which others are created. */
export function testServer(): string {
  const url = process.env.ARGYLE_TEST_POSTGRES_URL
  if (!url) throw new Error('ARGYLE_TEST_POSTGRES_URL is not set: run the tests with `npm test`')
  return url
}
