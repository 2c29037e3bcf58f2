import { existsSync } from 'node:fs'
import path from 'node:path'

const LONG = 80
// Benchmarks measure and are not tested; the others are part of tests.
const NOT_HERE =
  /^bench\/|^router\/(?:conformance|fuzz)\/|(?:^|\/)(?:testing|e2e)\/|\.(?:test|conformance|fixture)\.ts$|^dev\/new\/template\//
const NOTE = /^\/\/ Tested in (\S+): \S+/m
const FIRST_LINES = 5

/**
 * A source file of 80 lines and more that has no test of its own name beside it, and does not say in its first lines where it is
 * tested and why not here: `// Tested in ../cart.int.test.ts: its transactions need a database.` The path is relative to the file.
 * @param file path from the root, with slashes
 * @param source its text
 */
export function testFaults(root: string, file: string, source: string): string[] {
  const lines = source.trimEnd().split('\n')
  if (lines.length < LONG || NOT_HERE.test(file)) return []
  const [, place] = NOTE.exec(lines.slice(0, FIRST_LINES).join('\n')) ?? []
  if (place !== undefined) {
    const isThere = existsSync(path.join(root, path.dirname(file), place))
    return isThere ? [] : [`${file}: says that it is tested in ${place}, which does not exist`]
  }
  const name = path.join(root, file.replace(/\.ts$/, ''))
  const hasOwn = ['', '.int', '.e2e', '.services'].some((kind) => existsSync(`${name}${kind}.test.ts`))
  if (hasOwn) return []
  return [
    `${file}: ${lines.length} lines need a test of their own name beside them, or in the first ${FIRST_LINES} lines "// Tested in PATH: why not here"`,
  ]
}
