import { expect, test } from 'vitest'
import type { Life } from '../life.ts'
import { untilNone } from './rest.ts'

const lifeOf = (signal = new AbortController().signal): Life => ({ signal, own: () => {}, say: () => {} })

/** Looks that find so much left to do, one after the other, then nothing. */
function looks(...counts: number[]) {
  let asked = 0
  return { look: async () => counts[asked++] ?? 0, asked: () => asked }
}

test('a shop is at rest at the first check that finds no pending work', async () => {
  const { look, asked } = looks(3)
  await untilNone(look, 60_000, 'the shop is not at rest', lifeOf())
  expect(asked()).toBe(2)
})

test('the wait ends at its time limit, and names the pending work', async () => {
  const wait = untilNone(async () => 1, -1, 'the shop is not at rest', lifeOf())
  await expect(wait).rejects.toThrow('the shop is not at rest after -1 ms')
})

test('the wait ends with the benchmark, by its reason', async () => {
  const ended = new AbortController()
  ended.abort(new Error('interrupted'))
  const { look, asked } = looks(1, 1, 1)
  await expect(untilNone(look, 60_000, 'not at rest', lifeOf(ended.signal))).rejects.toThrow('interrupted')
  expect(asked()).toBe(1)
})
