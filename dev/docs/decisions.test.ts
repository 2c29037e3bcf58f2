import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { root } from '../repository.ts'
import { decisionFaults } from './decisions.ts'

test('the list of decisions names every decision once, with its title and state', () => {
  expect(decisionFaults(root)).toEqual([])
})

let copy: string
beforeEach(() => {
  copy = mkdtempSync(path.join(tmpdir(), 'argyle-decisions-'))
  cpSync(path.join(root, 'docs/decisions'), path.join(copy, 'docs/decisions'), { recursive: true })
})
afterEach(() => rmSync(copy, { recursive: true }))

const page = (name: string) => path.join(copy, 'docs/decisions', name)
function edit(name: string, from: string | RegExp, to: string): void {
  writeFileSync(page(name), readFileSync(page(name), 'utf8').replace(from, to))
}

test('a decision without a row, and one whose number is taken, are found', () => {
  writeFileSync(page('0002-another.md'), '# 0002 Another\n')
  expect(decisionFaults(copy)).toEqual(['docs/decisions/README.md: 0002-another.md is missing'])
  edit('README.md', '\n## States', '| 0002 | [Another](0002-another.md) | accepted |\n\n## States')
  expect(decisionFaults(copy)).toEqual([expect.stringMatching(/row \d+ has the number 0002/)])
})

test('a row without a file, and a number that is left out, are found', () => {
  rmSync(page('0003-embedded-postgresql.md'))
  expect(decisionFaults(copy)).toEqual([
    'docs/decisions/README.md: 0003-embedded-postgresql.md does not exist',
  ])
  edit('README.md', /^\| 0003 .*\n/m, '')
  expect(decisionFaults(copy)[0]).toBe('docs/decisions/README.md: row 3 has the number 0004')
})

test('a title that is not the one of the list is found', () => {
  edit('0004-messages-not-calls.md', '# 0004 Subgraphs', '# 0004 All')
  expect(decisionFaults(copy)).toEqual([
    expect.stringMatching(/^docs\/decisions\/0004-messages-not-calls.md: begins with "# 0004 All/),
  ])
})

test.each([
  ['superseded by 0004', []],
  ['superseded by 0002', ['0003 is superseded by 0002, which is no later decision']],
  ['superseded by 0999', ['0003 is superseded by 0999, which is no later decision']],
  ['proposed', ['0003 has the state "proposed"']],
])('state "%s"', (state, faults) => {
  edit('README.md', /^(\| 0003 .*)\| [^|]+ \|$/m, `$1| ${state} |`)
  expect(decisionFaults(copy)).toEqual(faults.map((fault) => `docs/decisions/README.md: ${fault}`))
})
