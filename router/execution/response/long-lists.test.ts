import { GraphQLInt } from 'graphql'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { type Faults, markPath, newFaults, withRest } from './field-errors.ts'
import { leafValueWriter } from './leaf-value-writer.ts'
import { listWriter } from './list-writer.ts'
import { writeInTurns } from './long-lists.ts'
import { newShaping } from './response-state.ts'

const ints = (nonNull = false) => listWriter(leafValueWriter(GraphQLInt), nonNull)

/** Writes lists as fields of one object, in several turns of the event loop. */
async function written(
  fields: Readonly<Record<string, unknown>>,
  write = ints(),
  faults: Faults | null = null,
) {
  const shaping = newShaping(faults, {})
  const object = () => {
    const depth = ++shaping.depth
    const texts = Object.entries(fields).map(([name, list]) => {
      shaping.path[depth] = name
      return `"${name}":${write(list, shaping, `field ${name}`)}`
    })
    shaping.depth = depth - 1
    return `{${texts.join(',')}}`
  }
  const text = await writeInTurns(object, shaping)
  expect(shaping.longLists.size, 'texts that are still kept').toBe(0)
  const errors = faults ? withRest(faults, shaping.errors, text) : shaping.errors.all()
  return { text, errors: errors.map(({ path, message }) => `${path?.join('.')} ${message}`) }
}

const list = (length: number, item: (index: number) => unknown = (index) => index) =>
  Array.from({ length }, (_, index) => item(index))

test.each([0, 1, 250, 251, 1_024, 2_500])('a list of %i elements is written whole', async (length) => {
  const fields = { before: [1], list: list(length), after: [2] }
  expect((await written(fields)).text).toBe(JSON.stringify(fields))
})

afterEach(() => vi.restoreAllMocks())

/**
 * Counts the turns that other work gets while a clock advances by this number of milliseconds at each
 * reading.
 */
async function turnsDuring(ms: number, work: () => Promise<unknown>): Promise<number> {
  let time = 0
  vi.spyOn(performance, 'now').mockImplementation(() => (time += ms))
  let turns = 0
  let isOver = false
  const other = () => {
    turns++
    if (!isOver) setImmediate(other)
  }
  setImmediate(other)
  await work()
  isOver = true
  return turns
}

test('other work has a turn whenever 5 ms have passed, and none is given away before', async () => {
  const long = () => written({ list: list(1_600) })
  expect(await turnsDuring(6, long)).toBeGreaterThan(90)
  // By 3 ms a look at the clock, two looks exceed the 5 ms since the last turn.
  expect(await turnsDuring(3, long)).toBeLessThan(60)
  expect(await turnsDuring(0, long)).toBeLessThan(3)
})

test('lists in lists are, whichever of them are long', async () => {
  const fields = { a: list(300, () => list(300)), b: list(3, () => list(700)), c: list(700, () => [1]) }
  expect((await written(fields, listWriter(ints(), false))).text).toBe(JSON.stringify(fields))
})

describe('each error is reported once, with its path, however often the list is written again', () => {
  test('of lists and of what stands before and after them', async () => {
    const wrong = (length: number) => list(length, (index) => (index === 1 ? 'x' : index))
    const fields = { a: wrong(3), b: wrong(300), c: wrong(3), d: wrong(300), e: wrong(2) }
    const { text, errors } = await written(fields)
    expect(text).toBe(JSON.stringify(fields).replaceAll('"x"', 'null'))
    expect(errors.map((error) => error.split(' ')[0]).sort()).toEqual(['a.1', 'b.1', 'c.1', 'd.1', 'e.1'])
  })

  test('in lists in lists', async () => {
    const inner = () => [list(3, () => 'x'), list(300, (index) => (index === 299 ? 'x' : 0))]
    const { errors } = await written(
      { a: list(300, (index) => (index % 200 === 0 ? inner() : [])) },
      listWriter(listWriter(ints(), false), false),
    )
    const places = [0, 200].flatMap((index) =>
      [0, 1, 2].map((at) => `a.${index}.0.${at}`).concat(`a.${index}.1.299`),
    )
    expect(errors.map((error) => error.split(' ')[0]).sort()).toEqual(places.sort())
  })

  test('of a failed fetch', async () => {
    const faults = newFaults({ responseNameOf: (key) => key })
    const lists = { a: list(2, () => null), b: list(300, () => null), c: list(300, () => null) }
    const fault = {
      message: 'no',
      extensions: {},
      ofFetch: true,
      fallback: [],
      roots: [],
      pending: null,
      places: 0,
    }
    faults.all.push(fault)
    for (const [name, holder] of Object.entries(lists))
      for (const index of holder.keys()) markPath(faults, lists, [name, index], fault)
    const { errors } = await written(lists, ints(), faults)
    expect(errors).toHaveLength(11)
    expect(new Set(errors.map((error) => error.split(' ')[0])).size).toBe(11)
    expect(errors.at(-1)).toBe('undefined no 592 more fields are null for this reason.')
  })
})

test('null bubbles out of a long list that may hold none', async () => {
  expect((await written({ a: list(300) }, ints(true))).text).toBe(JSON.stringify({ a: list(300) }))
  const fields = { a: list(300, (index) => (index < 2 ? null : index)), b: [1] }
  const { text, errors } = await written(fields, ints(true))
  expect(text).toBe('{"a":null,"b":[1]}')
  expect(errors.map((error) => error.split(' ')[0])).toEqual(['a.0', 'a.1'])
})
