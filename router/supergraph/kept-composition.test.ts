import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { keptComposition } from './kept-composition.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'router-kept-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const stock = {
  name: 'stock',
  url: 'http://stock.test/',
  file: 'stock.graphql',
  sdl: 'type Query { a: Int }',
}
const SDL = 'schema { query: Query }\n'

test('a composition is found again as long as names, URLs and schemas are the same', () => {
  const kept = keptComposition(join(folder, 'new', 'supergraph.graphql'))
  expect(kept.find([stock])).toBeNull()
  kept.keep([stock], SDL)
  expect(kept.find([stock])).toBe(SDL)
  expect(kept.find([{ ...stock, sdl: 'type Query { b: Int }' }])).toBeNull()
  expect(kept.find([{ ...stock, url: 'http://other.test/' }])).toBeNull()
  expect(kept.find([{ ...stock, name: 'store' }])).toBeNull()
  expect(kept.find([stock, { ...stock, name: 'more' }])).toBeNull()
})

test('a file that was edited or cut off is not served', () => {
  const file = join(folder, 'edited.graphql')
  const kept = keptComposition(file)
  kept.keep([stock], SDL)
  const text = readFileSync(file, 'utf8')
  writeFileSync(file, `${text}type Mutation { a: Int }\n`)
  expect(kept.find([stock])).toBeNull()
  writeFileSync(file, text.slice(0, -3))
  expect(kept.find([stock])).toBeNull()
})

test('a file that cannot be written keeps nothing, without an error', () => {
  const file = join(folder, 'taken')
  writeFileSync(file, '')
  keptComposition(join(file, 'supergraph.graphql')).keep([stock], SDL)
  expect(keptComposition(join(file, 'supergraph.graphql')).find([stock])).toBeNull()
})
