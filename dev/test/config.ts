/** Hands a value to the test files, which run in processes that inherit this one's environment. */
export function handToTests(name: `ARGYLE_TEST_${string}`, value: string): void {
  process.env[name] = value
}
