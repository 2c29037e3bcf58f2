import { describe, expect, test } from 'vitest'
import { Operation } from '../operation/operation.ts'
import { newTrace, withTrace } from '../service/trace.ts'
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

test('a fetch has 500 keys at most', async () => {
  const sizes: number[] = []
  const count = async (keys: readonly string[]) => {
    sizes.push(keys.length)
    return []
  }
  const keys = Array.from({ length: 501 }, (_, n) => String(n))
  for (const loader of [
    loadOne<string, Row>(count, ({ id }) => id),
    loadMany<string, Row>(count, ({ id }) => id),
  ])
    await loader.loadMany(keys)
  expect(sizes).toEqual([500, 1, 500, 1])
})

describe('a fetch of an operation', () => {
  const limits = { timeMs: 60_000, maxBytes: 1_000_000, maxFields: 10 }
  /** The outcome of a fetch of so many rows in an operation, and the number of fetches. */
  async function fetched(count: number, operation: Operation) {
    let fetches = 0
    const loader = loadMany<string, Row>(
      async () => {
        fetches += 1
        return Array.from({ length: count }, (_, n) => ({ id: String(n), parent: 'p' }))
      },
      ({ parent }) => parent,
    )
    const [outcome] = await Promise.allSettled([withTrace(newTrace({ operation }), () => loader.load('p'))])
    operation.finish()
    return [outcome?.status, fetches]
  }

  test('whose rows are more than half of its fields is refused', async () => {
    expect(await fetched(5, new Operation(limits))).toEqual(['fulfilled', 1])
    const operation = new Operation(limits)
    expect(await fetched(6, operation)).toEqual(['rejected', 1])
    expect((await operation.ended).error).toMatchObject({ extensions: { code: 'BAD_USER_INPUT' } })
  })

  test('that has stopped is not made', async () => {
    const operation = new Operation(limits)
    operation.abandon()
    expect(await fetched(1, operation)).toEqual(['rejected', 0])
  })
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
