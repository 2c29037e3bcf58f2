/** Hands a value to the test files, which run in processes that inherit this one's environment. */
export function handToTests(name: `ARGYLE_TEST_${string}`, value: string): void {
  process.env[name] = value
}

/** The URL of the test server's own database, to make others from. */
export function testServer(): string {
  const url = process.env.ARGYLE_TEST_POSTGRES_URL
  if (!url) throw new Error('ARGYLE_TEST_POSTGRES_URL is not set: run the tests with `npm test`')
  return url
}
