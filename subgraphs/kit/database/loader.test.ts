import { expect, test } from 'vitest'
import { loadersByArgs, loadMany, loadOne } from './loader.ts'

type Row = { id: string; parent: string }
const rows: Row[] = [
  { id: 'c', parent: 'p' },
  { id: 'a', parent: 'p' },
  { id: 'b', parent: 'q' },
]

test('one fetch for all keys of a tick, in the order of the keys, each key once, null where a row is missing', async () => {
  const fetched: string[][] = []
  const loader = loadOne(
    async (keys) => {
      fetched.push([...keys])
      return rows.filter(({ id }) => keys.includes(id))
    },
    ({ id }: Row) => id,
  )
  const found = await Promise.all(['a', 'missing', 'b', 'a', 'c'].map((key) => loader.load(key)))
  expect(found.map((row) => row?.id ?? null)).toEqual(['a', null, 'b', 'a', 'c'])
  expect(fetched).toEqual([['a', 'missing', 'b', 'c']])
})

test('all rows of each key, in the order of the fetch, none where there are none', async () => {
  const fetched: string[][] = []
  const loader = loadMany(
    async (keys) => {
      fetched.push([...keys])
      return rows
    },
    ({ parent }: Row) => parent,
  )
  const found = await Promise.all(['q', 'none', 'p'].map((key) => loader.load(key)))
  expect(found.map((list) => list.map(({ id }) => id))).toEqual([['b'], [], ['c', 'a']])
  expect(fetched).toEqual([['q', 'none', 'p']])
})

test('a fetch that fails fails every key of its batch', async () => {
  const loader = loadOne<string, Row>(
    async () => {
      throw new Error('no database')
    },
    ({ id }) => id,
  )
  const found = await Promise.allSettled([loader.load('a'), loader.load('b')])
  expect(found.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
})

test('fields with the same arguments share a batch, others do not', async () => {
  const fetched: string[] = []
  const loaderFor = loadersByArgs(({ first }: { first: number }) =>
    loadMany(
      async (keys: readonly string[]) => {
        fetched.push(`${first}: ${keys.join()}`)
        return rows
      },
      ({ parent }) => parent,
    ),
  )
  await Promise.all([
    loaderFor({ first: 1 }).load('p'),
    loaderFor({ first: 2 }).load('p'),
    loaderFor({ first: 1 }).load('q'),
  ])
  expect(fetched).toEqual(['1: p,q', '2: p'])
})
