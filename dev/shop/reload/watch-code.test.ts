import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type Watch, watchCode } from './watch-code.ts'

let repository: string
let stop: () => void
const heard: string[] = []
beforeEach(() => {
  heard.length = 0
  repository = mkdtempSync(path.join(tmpdir(), 'argyle-watch-code-'))
  for (const folder of ['subgraphs/reviews', 'subgraphs/orders', 'prisma/reviews', 'router', 'dev'])
    mkdirSync(path.join(repository, folder), { recursive: true })
  save('router.yaml')
  stop = watchCode(
    {
      subgraph: (name, generates) => void heard.push(`${name} ${generates}`),
      shop: (file) => void heard.push(file),
    },
    repository,
  )
})
afterEach(() => {
  vi.useRealTimers()
  stop()
  rmSync(repository, { recursive: true })
})

const save = (...files: string[]) => {
  for (const file of files) writeFileSync(path.join(repository, file), '')
}
const hears = (...changes: string[]) =>
  vi.waitFor(() => expect(heard.toSorted()).toEqual(changes), { timeout: 20_000 })

test('files that are saved together are one change of each subgraph, with the most that depends on them', async () => {
  save('subgraphs/reviews/resolvers.ts', 'prisma/reviews/schema.prisma', 'subgraphs/reviews/schema.graphql')
  save('subgraphs/orders/resolvers.ts', 'subgraphs/orders/README.md')
  await hears('orders nothing', 'reviews client')
  heard.length = 0
  save('subgraphs/reviews/schema.graphql', 'subgraphs/reviews/resolvers.ts')
  await hears('reviews types')
  heard.length = 0
  save('subgraphs/reviews/resolvers.ts')
  await hears('reviews nothing')
})

test.each(['router.yaml', 'router/router.ts', 'dev/stack.ts'])(
  'a change of %s is one of the whole shop, whatever else is saved with it',
  async (file) => {
    save('subgraphs/reviews/resolvers.ts', file)
    await hears(file)
  },
)

test('after the stop, nothing is heard', async () => {
  save('subgraphs/reviews/resolvers.ts')
  stop()
  // Another watch hears of the next change, and would of the first.
  const later: string[] = []
  const stopLater = watchCode({ subgraph: (name) => void later.push(name), shop: () => {} }, repository)
  save('subgraphs/orders/resolvers.ts')
  await vi.waitFor(() => expect(later).toContain('orders'), { timeout: 20_000 })
  stopLater()
  expect(heard).toEqual([])
})

test('a change is heard 80 ms after the last of the files that are saved with it, and none after the stop', () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  let isClosed = false
  let change = (_file: string) => {}
  const begin: Watch = (place, _, changed) => {
    if (place.endsWith('subgraphs')) change = (file) => changed('change', file)
    return {
      close: () => {
        isClosed = true
      },
    }
  }
  const names: string[] = []
  const stopIt = watchCode({ subgraph: (name) => void names.push(name), shop: () => {} }, repository, begin)
  change('reviews/resolvers.ts')
  vi.advanceTimersByTime(79)
  change('orders/resolvers.ts')
  vi.advanceTimersByTime(79)
  expect(names).toEqual([])
  vi.advanceTimersByTime(1)
  expect(names).toEqual(['reviews', 'orders'])
  change('reviews/resolvers.ts')
  stopIt()
  expect([isClosed, vi.getTimerCount()]).toEqual([true, 0])
})
