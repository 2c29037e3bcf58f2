import { once } from 'node:events'
import { mkdtempSync, renameSync, rmSync, type Stats, statSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Worker } from 'node:worker_threads'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { composed } from '../testing/router.ts'
import { type LoadedSupergraph, supergraphId } from './supergraph.ts'
import { isChanged, watchSupergraph } from './watch.ts'

test.each([
  [{}, false],
  [{ atimeMs: 2 }, false],
  [{ mtimeMs: 2 }, true],
  [{ size: 2 }, true],
  // Another file took its place.
  [{ ino: 2 }, true],
])('a file whose state differs by %j is changed: %s', (difference, changed) => {
  // The parts of the state that are compared, and one that is not.
  const before = { mtimeMs: 1, size: 1, ino: 1, atimeMs: 1 } as Stats
  expect(isChanged({ ...before, ...difference } as Stats, before)).toBe(changed)
})

describe('a supergraph that was saved since it was read', () => {
  const SDL = composed([{ name: 'a', url: 'http://a.test', file: 'a', sdl: 'type Query { n: Int }' }])
  let folder: string
  let file: string
  let swapped: LoadedSupergraph[]

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'router-watch-'))
    file = join(folder, 'supergraph.graphql')
    writeFileSync(file, SDL)
    swapped = []
  })

  afterEach(() => rmSync(folder, { recursive: true }))

  /** Watches the file as if it had been read `lag` ms after it was saved. `read` resolves when it was read again. */
  function watch(
    servingId: string,
    lag = 0,
  ): { readonly stop: () => Promise<void>; readonly read: Promise<unknown> } {
    const begun = once(process, 'worker')
    const read = begun.then(([worker]: Worker[]) => worker && once(worker, 'exit'))
    const swap = async (supergraph: LoadedSupergraph) => void swapped.push(supergraph)
    const log = pino({ level: 'silent' })
    const readAt = statSync(file).mtimeMs + lag
    return { stop: watchSupergraph({ file, files: [file], servingId, readAt, log, swap }), read }
  }

  test.each([
    ['is swapped in', 'another', [SDL]],
    ['is not swapped in if it is the one that serves', supergraphId(SDL), []],
  ])('%s', async (_, servingId, expected) => {
    const { stop, read } = watch(servingId)
    await read
    await stop()
    expect(swapped.map(({ sdl }) => sdl)).toEqual(expected)
  })

  test('is read again if its time is at most a tick of the kernel before the time of reading', async () => {
    let workers = 0
    const count = () => workers++
    process.on('worker', count)
    const early = watch('another', 10)
    await early.read
    await early.stop()
    expect(workers).toBe(1)
    await watch('another', 11).stop()
    process.off('worker', count)
    expect([workers, swapped.length]).toEqual([1, 1])
  })

  test('is not swapped in after the watch has ended, which clears its timer', async () => {
    using set = vi.spyOn(globalThis, 'setTimeout')
    using clear = vi.spyOn(globalThis, 'clearTimeout')
    const { stop, read } = watch('another')
    const { value: timer } = set.mock.results[0] ?? {}
    await stop()
    await read
    expect(swapped).toEqual([])
    expect(timer).toBeDefined()
    expect(clear).toHaveBeenCalledWith(timer)
  })

  test('is read again where a file that it newly names was saved while it was read', async () => {
    const schema = join(folder, 'a.graphql')
    writeFileSync(schema, 'type Query { n: Int }')
    const later = new Date(Date.now() + 3_600_000)
    utimesSync(schema, later, later)
    file = join(folder, 'supergraph.yaml')
    writeFileSync(file, 'subgraphs: { a: { routing_url: "http://a.test", schema: { file: ./a.graphql } } }')
    const swappedAgain = Promise.withResolvers<void>()
    const stop = watchSupergraph({
      ...{ file, files: [file], servingId: 'another', readAt: 0, log: pino({ level: 'silent' }) },
      // One that could not be swapped in is tried again whenever it is read.
      swap: async (supergraph) => {
        if (swapped.push(supergraph) === 2) swappedAgain.resolve()
        throw new Error('not now')
      },
    })
    await swappedAgain.promise
    await stop()
    expect(swapped).toHaveLength(2)
  })

  test('is swapped in after it was missing, though its file is as it was', { timeout: 120_000 }, async () => {
    const refused = Promise.withResolvers<void>()
    const taken = Promise.withResolvers<void>()
    const stop = watchSupergraph({
      ...{ file, files: [file], servingId: 'another', readAt: Number.MAX_SAFE_INTEGER },
      log: pino({ level: 'error' }, { write: () => refused.resolve() }),
      swap: async (supergraph) => {
        swapped.push(supergraph)
        taken.resolve()
      },
    })
    renameSync(file, `${file}.away`)
    await refused.promise
    expect(swapped).toEqual([])
    renameSync(`${file}.away`, file)
    await taken.promise
    await stop()
    expect(swapped.map(({ sdl }) => sdl)).toEqual([SDL])
  })
})
