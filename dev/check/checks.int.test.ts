import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { programEnvironment } from '@argyle/kit/testing/own-process'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { outputOf } from '../shop/testing/process-output.ts'
import { copyRepository, type RepositoryCopy } from '../test/repository-copy.ts'
import { checks } from './checks.ts'

let copy: RepositoryCopy
beforeAll(() => {
  copy = copyRepository()
})
afterAll(() => copy?.remove())

/** The report of each failed check, by its name. */
function reportsIn(output: string): Record<string, string> {
  const parts = output.split(/^✗ (?=[a-z ]+$)/m).slice(1)
  return Object.fromEntries(parts.map((part) => [part.split('\n')[0] ?? '', part]))
}

test('npm run check finds a fault of each kind, and exits with 1', async () => {
  // Its type, its format, its name and its use are all wrong.
  writeFileSync(path.join(copy.root, 'dev/check/utils.ts'), "export const  price: number = 'four'\n")
  copy.edit('docs/limits.md', '| `', '| Maximum `')
  // The products of another subgraph are a connection.
  const fields = 'type Query {\n  greeting: String!\n  "Their number."\n  products: Int'
  copy.edit('subgraphs/reviews/schema.graphql', 'type Query {', fields)
  // The compiler takes a minute of CPU time for all files.
  const { include, ...tsconfig } = JSON.parse(copy.read('tsconfig.json'))
  expect(include).toContain('dev')
  writeFileSync(
    path.join(copy.root, 'tsconfig.json'),
    JSON.stringify({ ...tsconfig, include: ['dev/check/utils.ts', 'dev/generated'] }),
  )
  const env = programEnvironment()
  const child = spawn(process.execPath, ['dev/check.ts'], { cwd: copy.root, env, stdio: 'pipe' })
  const { ended, text } = outputOf(child)
  expect(await ended).toBe(1)
  const reports = reportsIn(text())
  expect(Object.keys(reports).toSorted()).toEqual(checks.map(({ name }) => name).toSorted())
  expect(reports).toMatchObject({
    'types and resolved fields': expect.stringMatching(
      /dev\/check\/utils\.ts\(1,15\): error TS2322[\s\S]*\nsubgraphs\/reviews\/schema\.graphql: Query\.greeting has no resolver/,
    ),
    'format and lint': expect.stringMatching(/dev\/check\/utils\.ts[\s\S]*npm run format formats/),
    'unused code': expect.stringContaining('dev/check/utils.ts'),
    boundaries: expect.stringContaining('dev/check/utils.ts: a file is named for what is in it'),
    limits: expect.stringContaining('docs/limits.md is not up to date: npm run limits'),
    'graph conventions': expect.stringMatching(
      /reviews: Query\.greeting: has no description[\s\S]*reviews: Query\.greeting: a root field, so String! must be nullable/,
    ),
    composition: expect.stringContaining('Query.products'),
  })
  expect(text()).toMatch(/^generated the resolver types of reviews\n/)
})
