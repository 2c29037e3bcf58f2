import { expect, test } from 'vitest'
import { compileRepresentations } from './compile-representation.ts'
import { dataPathTo } from './entities-at-path.ts'

const isOfType = (typename: string, type: string) => typename === type
const field = (name: string) => ({ kind: 'field', name }) as const
const EACH = { kind: 'each' } as const

/** The names of the objects at a path. */
function namesAt(data: Record<string, unknown>, ...path: Parameters<typeof dataPathTo>[0]): unknown[] {
  const objects: Record<string, unknown>[] = []
  dataPathTo(path, isOfType).gather(data, objects)
  return objects.map(({ name }) => name)
}

test('objects are found in lists of any depth, whether or not the path says so; null and values are passed', () => {
  const data = { rows: [[{ name: 'a' }, null, 3], null, [[{ name: 'b' }]]], one: { name: 'c' } }
  for (const steps of [[], [EACH], [EACH, EACH], [EACH, EACH, EACH]])
    expect(namesAt(data, field('rows'), ...steps)).toEqual(['a', 'b'])
  expect(namesAt(data, field('one'))).toEqual(['c'])
  expect(namesAt(data, field('one'), EACH)).toEqual(['c'])
  expect(namesAt(data, field('none'), field('one'))).toEqual([])
  expect(namesAt(data, field('constructor'))).toEqual([])
})

test('a list that occurs several times is visited once for each place in the path', () => {
  const list = [{ name: 'a', next: [{ name: 'b' }] }]
  const data = { outer: [{ inner: list }, { inner: list }] }
  expect(namesAt(data, field('outer'), EACH, field('inner'), EACH)).toEqual(['a'])
  expect(namesAt(data, field('outer'), EACH, field('inner'), EACH, field('next'), EACH)).toEqual(['b'])
  const ring: { name: string; next?: unknown }[] = [{ name: 'a' }]
  for (const one of ring) one.next = ring
  expect(namesAt({ ring }, field('ring'), EACH, field('next'), EACH)).toEqual(['a'])
})

test('types narrow objects whose type is known', () => {
  const of = (__typename: string, name: string) => ({ __typename, name })
  const data = { items: [of('A', 'a'), of('B', 'b'), of('C', 'c'), { name: 'unknown' }] }
  const types = { kind: 'types', names: ['A', 'C'] } as const
  expect(namesAt(data, field('items'), EACH, types)).toEqual(['a', 'c', 'unknown'])
})

test('paths that differ in one step lead to objects of their own', () => {
  const types = (...names: string[]) => ({ kind: 'types', names }) as const
  const paths = [[], [EACH], [types('A')], [types('A', 'B')], [types('A', 'C')], [field('A'), field('B')]]
  const found = [...paths, ...paths].map((steps) => dataPathTo([field('items'), ...steps], isOfType))
  expect(found.map(({ path }) => path.slice(1))).toEqual([...paths, ...paths])
})

test('paths are shared by their text, and at most ten thousand are kept', () => {
  const isOwn = (typename: string, type: string) => typename === type
  const first = dataPathTo([field('first')], isOwn)
  expect(dataPathTo([field('first')], isOwn)).toBe(first)
  expect(dataPathTo([field('first')], isOfType)).not.toBe(first)
  for (let index = 2; index < 10_000; index++) dataPathTo([field(`w${index}`)], isOwn)
  expect(dataPathTo([field('first')], isOwn)).toBe(first)
  for (const name of ['last', 'further']) dataPathTo([field(name)], isOwn)
  expect(dataPathTo([field('first')], isOwn)).not.toBe(first)
})

test('representations are kept for a thousand types at most: a subgraph may send any name', () => {
  const of = compileRepresentations([{ kind: 'field', name: 'id', as: 'id', selections: null }], { isOfType })
  const kept = Array.from({ length: 1_001 }, (_, index) => of(`T${index}`))
  const isKept = kept.map((one, index) => of(`T${index}`) === one)
  expect(isKept.indexOf(false)).toBe(1_000)
})
