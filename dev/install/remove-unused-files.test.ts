import {
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { root } from '../repository.ts'
import { MAX_MIB, mibOf } from './installation-size.ts'
import { listedIn, removeUnusedFiles } from './remove-unused-files.ts'

const installed = path.join(root, 'node_modules')

test(`the packages of this checkout take at most ${MAX_MIB} MiB (if they take more, run node dev/install.ts, the last step of npm ci)`, () => {
  // Other tools create folders such as .vitest-cache later.
  const packages = readdirSync(installed).filter((name) => !name.startsWith('.'))
  const size = packages.reduce((sum, name) => sum + mibOf(path.join(installed, name)), 0)
  expect(size).toBeLessThanOrEqual(MAX_MIB)
})

// A new or wider entry is tried by the tests, which run without what it names, after node dev/install.ts.
test('the packages of this checkout have no file that the table lists', () => {
  const isTool = (file: string) => path.relative(installed, file).startsWith('.')
  expect(listedIn(installed).filter((file) => !isTool(file))).toEqual([])
})

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'argyle-unused-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function write(file: string, text = ''): void {
  const place = path.join(folder, file)
  mkdirSync(path.dirname(place), { recursive: true })
  writeFileSync(place, text)
}
const modules = () => path.join(folder, 'node_modules')
const left = (...files: string[]) => files.filter((file) => existsSync(path.join(folder, file)))

test('listed files are removed, wherever the package is installed; all others stay', () => {
  const list = [{ packages: ['@red/hat'], files: ['src', 'dist/!(cjs)'], reason: 'a test' }]
  const kept = ['node_modules/@red/hat/dist/cjs/a.js', 'node_modules/scarf/src/a.js']
  const gone = ['node_modules/@red/hat/src/a.js', 'node_modules/scarf/node_modules/@red/hat/dist/esm/a.js']
  for (const file of [...kept, ...gone]) write(file)
  expect(removeUnusedFiles(modules(), list)).toBe(2)
  expect(left(...kept, ...gone)).toEqual(kept)
  expect(removeUnusedFiles(modules(), list)).toBe(0)
})

test('source maps, documentation, tests and settings are removed; licences stay', () => {
  const kept = [
    ...['LICENSE.md', 'licence.md', 'NOTICE.md', 'COPYING.md', 'lib/third-party-notes.md', 'ThirdParty.md'],
    ...['lib/test/a.js', 'package.json', 'lib/.hidden/a.js'],
  ].map((file) => `node_modules/hat/${file}`)
  const gone = [
    ...['README.md', 'docs/page.mdx', 'lib/a.js.map', 'lib/a.js.flow', '.github/a.yml', '.eslintrc'],
    ...['test/a.js', 'tests/a.js', '__tests__/a.js'],
  ].map((file) => `node_modules/hat/${file}`)
  for (const file of [...kept, ...gone]) write(file)
  // Folders count once.
  expect(removeUnusedFiles(modules(), [])).toBe(gone.length)
  expect(left(...kept, ...gone)).toEqual(kept)
})

test('what a link leads to, such as a workspace, is left alone', () => {
  write('subgraphs/hats/README.md')
  write('subgraphs/hats/src/a.js')
  mkdirSync(path.join(modules(), '@shop'), { recursive: true })
  symlinkSync(path.join(folder, 'subgraphs/hats'), path.join(modules(), '@shop/hats'))
  removeUnusedFiles(modules(), [{ packages: ['@shop/hats'], files: ['src'], reason: 'a test' }])
  expect(left('subgraphs/hats/README.md', 'subgraphs/hats/src/a.js')).toHaveLength(2)
})

test('a file counts in blocks, once under several names; a link counts as itself', () => {
  const before = mibOf(folder)
  write('a', 'x'.repeat(2 ** 20))
  linkSync(path.join(folder, 'a'), path.join(folder, 'b'))
  symlinkSync('a', path.join(folder, 'c'))
  expect(mibOf(folder) - before).toBeCloseTo(1, 1)
})

test('there may be no packages at all', () => {
  expect(removeUnusedFiles(modules())).toBe(0)
})
