import path from 'node:path'

/**
 * The tests that run a source file, those that most likely notice a change first: the tests of its name, of its folder, of its
 * subgraph (or part of the router, of dev, of bench). Tests of the whole shop are left out.
 * @param file path from the root, with slashes
 * @param tests all test files, likewise
 */
export function relatedTests(file: string, tests: readonly string[]): string[] {
  const [folder, area] = [path.posix.dirname(file), areaOf(file)]
  const name = path.posix.basename(file, '.ts')
  const distance = (test: string) => {
    if (path.posix.dirname(test) !== folder) return test.includes('.int.') ? 3 : 2
    return path.posix.basename(test).startsWith(`${name}.`) ? 0 : 1
  }
  return tests
    .filter((test) => areaOf(test) === area && !/\.(?:e2e|services)\.test\.ts$/.test(test))
    .sort((a, b) => distance(a) - distance(b) || (a < b ? -1 : 1))
}

/** The first two folders. */
const areaOf = (file: string) => path.posix.dirname(file).split('/').slice(0, 2).join('/')
