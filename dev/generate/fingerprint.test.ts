import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fingerprint, isCurrent, remember } from './fingerprint.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'argyle-fingerprint-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

test('output of a changed or deleted source is outdated', () => {
  const source = path.join(folder, 'schema.graphql')
  const output = path.join(folder, 'resolvers.ts')
  writeFileSync(source, 'type Query { a: Int }')
  const before = fingerprint([source])
  expect(isCurrent(output, before)).toBe(false)

  writeFileSync(output, '')
  expect(isCurrent(output, before)).toBe(false)
  remember(output, before)
  expect(isCurrent(output, fingerprint([source]))).toBe(true)

  writeFileSync(source, 'type Query { b: Int }')
  expect(isCurrent(output, fingerprint([source]))).toBe(false)
  rmSync(source)
  expect(isCurrent(output, fingerprint([source]))).toBe(false)
})

test('output that was deleted is outdated, though its fingerprint is still there', () => {
  const output = path.join(folder, 'client', 'client.ts')
  remember(output, 'mark')
  expect(isCurrent(output, 'mark')).toBe(false)
})

test('text that moves from one source to another is a change', () => {
  const sources = ['a.graphql', 'b.json'].map((name) => path.join(folder, name))
  const marks = [
    ['one', 'two'],
    ['onetwo', ''],
    ['', 'onetwo'],
  ].map((texts) => {
    for (const [place, file] of sources.entries()) writeFileSync(file, texts[place] ?? '')
    return fingerprint(sources)
  })
  expect(new Set(marks).size).toBe(marks.length)
})
