import { writeFileSync } from 'node:fs'
import { copyFile, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { composed, startTestRouter, type TestRouter } from '../testing/router.ts'
import { startSubgraph, type TestSubgraph } from '../testing/subgraph.ts'
import type { LoadedSupergraph } from './supergraph.ts'
import { watchSupergraph } from './watch.ts'

/** The files are polled and composed in a worker: no result depends on the time that this takes. */
const SOON = { timeout: 50_000, interval: 20 }

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])`
const SHELF = `${LINK} type Query { sock: Sock } type Sock @key(fields: "id") { id: ID! }`
const STARS = `${LINK} type Sock @key(fields: "id") { id: ID! stars: Int }`
const STARS_RENAMED = `${LINK} type Sock @key(fields: "id") { id: ID! rating: Int }`
const BROKEN = `${LINK} type Sock @key(fields: "id") { id: ID! stars: Missing }`

let folder: string
let shelf: TestSubgraph
let stars: TestSubgraph
let router: TestRouter
/** While set, the shelf delays its answers. */
let held: Promise<void> | null = null

beforeAll(async () => {
  // Both resolve all fields of the schemas below.
  shelf = await startSubgraph('shelf', 'type Query { sock: Sock } type Sock @key(fields: "id") { id: ID! }', {
    Query: {
      sock: async () => {
        await held
        return { id: 's1' }
      },
    },
  })
  stars = await startSubgraph('stars', 'type Sock @key(fields: "id") { id: ID! stars: Int rating: Int }', {
    Sock: { stars: () => 4, rating: () => 5 },
  })
})

afterAll(async () => {
  await Promise.all([shelf?.stop(), stars?.stop()])
})

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'router-swap-'))
  await writeFile(join(folder, 'shelf.graphql'), SHELF)
  await writeFile(join(folder, 'stars.graphql'), STARS)
  await writeFile(join(folder, 'supergraph.yaml'), yamlFor('stars.graphql'))
  router = await startTestRouter(
    { file: join(folder, 'supergraph.yaml') },
    {
      ...{ executor: 'compiled', warm: true },
      // A request that is held waits for a swap, however long this takes.
      settings: { fetching: { time: '100s' }, limits: { time: '110s' } },
    },
  )
})

afterEach(async () => {
  held = null
  await router?.close()
  await rm(folder, { recursive: true })
})

function yamlFor(starsFile: string): string {
  return `subgraphs:
  shelf: { routing_url: "${shelf.source.url}", schema: { file: ./shelf.graphql } }
  stars: { routing_url: "${stars.source.url}", schema: { file: ./${starsFile} } }
`
}

/** Saves as editors do: a new file replaces the old one. */
async function save(file: string, text: string): Promise<void> {
  await writeFile(join(folder, `${file}.new`), text)
  await rename(join(folder, `${file}.new`), join(folder, file))
}

function reasons(): string[] {
  return router.logged.map((line) => JSON.parse(line).reason ?? '').filter(Boolean)
}

describe('a changed supergraph', { timeout: 180_000 }, () => {
  test('is swapped in under load without a failed request', async () => {
    let done = false
    const answers: { status: number; data: unknown; errors: number }[] = []
    const load = Array.from({ length: 8 }, async () => {
      while (!done) {
        const { status, data, errors } = await router.ask('{ sock { id } }')
        answers.push({ status, data, errors: errors.length })
      }
    })
    const before = router.supergraphId()
    for (const text of [STARS_RENAMED, STARS, STARS_RENAMED]) {
      const serving = router.supergraphId()
      await save('stars.graphql', text)
      await vi.waitFor(() => expect(router.supergraphId()).not.toBe(serving), SOON)
    }
    done = true
    await Promise.all(load)
    expect(router.supergraphId()).not.toBe(before)
    const swaps = router.logged.map((line) => JSON.parse(line)).filter(({ before: id }) => id)
    // Each names the one that it replaced.
    const served = [before, ...swaps.map(({ supergraph }) => supergraph)]
    expect(swaps.map((swap) => swap.before)).toEqual(served.slice(0, -1))
    expect(swaps.at(-1)).toMatchObject({
      ...{ level: 30, msg: 'a changed supergraph is now in use', supergraph: router.supergraphId() },
    })
    expect(answers.length).toBeGreaterThan(0)
    const failed = answers.filter(({ status, errors }) => status !== 200 || errors > 0)
    expect(failed).toEqual([])
    expect(await router.ask('{ sock { id rating } }')).toMatchObject({
      data: { sock: { id: 's1', rating: 5 } },
    })
    expect(await router.ask('{ sock { stars } }')).toMatchObject({ status: 400 })
  })

  test('is swapped in where the reference executor serves, too', async () => {
    const file = join(folder, 'supergraph.yaml')
    const other = await startTestRouter({ file }, { executor: 'reference' })
    try {
      expect(await other.ask('{ sock { stars } }')).toMatchObject({ data: { sock: { stars: 4 } } })
      await save('stars.graphql', STARS_RENAMED)
      const rating = async () => (await other.ask('{ sock { rating } }')).data
      await vi.waitFor(async () => expect(await rating()).toEqual({ sock: { rating: 5 } }), SOON)
    } finally {
      await other.close()
    }
  })

  test('leaves a request in flight on the one that it began with', async () => {
    let release = () => {}
    held = new Promise((resolve) => {
      release = resolve
    })
    const waiting = shelf.received.length
    const answer = router.ask('{ sock { id stars } }')
    await vi.waitFor(() => expect(shelf.received.length).toBeGreaterThan(waiting), SOON)
    const before = router.supergraphId()
    await save('stars.graphql', STARS_RENAMED)
    await vi.waitFor(() => expect(router.supergraphId()).not.toBe(before), SOON)
    release()
    expect(await answer).toMatchObject({ status: 200, data: { sock: { id: 's1', stars: 4 } }, errors: [] })
  })

  test('that does not compose leaves the old one serving, says why, and is taken once it does', async () => {
    const before = router.supergraphId()
    await save('stars.graphql', BROKEN)
    await vi.waitFor(() => expect(reasons()).toHaveLength(1), SOON)
    expect(reasons()[0]).toMatch(
      /does not compose: 1 error[\s\S]*Sock\.stars {2}in stars[\s\S]*Unknown type Missing/,
    )
    expect(router.logged.map((line) => JSON.parse(line)).find(({ reason }) => reason)).toMatchObject({
      ...{ level: 50, supergraph: before },
      msg: 'a changed supergraph was rejected: the previous one stays in use',
    })
    expect(router.supergraphId()).toBe(before)
    expect(await router.ask('{ sock { stars } }')).toMatchObject({ data: { sock: { stars: 4 } }, errors: [] })
    await save('stars.graphql', STARS_RENAMED)
    await vi.waitFor(() => expect(router.supergraphId()).not.toBe(before), SOON)
  })

  test('that is saved before the files are watched or while the one before is refused is taken, and so is one that could not be swapped in', async () => {
    // Files that the router does not watch, since all watchers of a file share its last state.
    const own = join(folder, 'own')
    await mkdir(own)
    const names = ['supergraph.yaml', 'shelf.graphql', 'stars.graphql']
    for (const name of names) await copyFile(join(folder, name), join(own, name))
    const swapped: string[] = []
    let isFailing = false
    const swap = async ({ sdl }: LoadedSupergraph) => {
      swapped.push(sdl)
      if (isFailing) throw new Error('not now')
    }
    const log = pino(
      { level: 'error' },
      { write: () => writeFileSync(join(own, 'stars.graphql'), STARS_RENAMED) },
    )
    const files = names.map((name) => join(own, name))
    // They were read before they were saved.
    const serving = { files, servingId: '', readAt: 0 }
    const stop = watchSupergraph({ file: join(own, 'supergraph.yaml'), ...serving, log, swap })
    await vi.waitFor(() => expect(swapped).toHaveLength(1), SOON)
    await save('own/stars.graphql', BROKEN)
    await vi.waitFor(() => expect(swapped[1]).toContain('rating'), SOON)
    // One that could not be swapped in is taken when it is saved again.
    isFailing = true
    await save('own/stars.graphql', STARS)
    await vi.waitFor(() => expect(swapped).toHaveLength(3), SOON)
    isFailing = false
    await save('own/stars.graphql', STARS)
    await vi.waitFor(() => expect(swapped[3]).toBe(swapped[2]), SOON)
    await stop()
  })

  test('is noticed in the YAML too, and in schema files that it newly names', async () => {
    const before = router.supergraphId()
    await save('other.graphql', STARS_RENAMED)
    await save('supergraph.yaml', yamlFor('other.graphql'))
    await vi.waitFor(() => expect(router.supergraphId()).not.toBe(before), SOON)
    await save('other.graphql', STARS)
    await vi.waitFor(() => expect(router.supergraphId()).toBe(before), SOON)
  })

  test.each([
    ['longer than the file system allows', `${'s'.repeat(300)}.graphql`],
    ['with a NUL character', 'stars\\0.graphql'],
  ])('that names a schema file %s does not stop the old one', async (_, name) => {
    const before = router.supergraphId()
    const yaml = yamlFor('stars.graphql')
    await save('supergraph.yaml', yaml.replace('./stars.graphql', `"./${name}"`))
    await vi.waitFor(() => expect(reasons()).toHaveLength(1), SOON)
    expect(await router.ask('{ sock { stars } }')).toMatchObject({ data: { sock: { stars: 4 } } })
    await save('supergraph.yaml', yaml)
    await save('stars.graphql', STARS_RENAMED)
    await vi.waitFor(() => expect(router.supergraphId()).not.toBe(before), SOON)
  })

  test('that names a schema file before it exists is taken once it does', async () => {
    await save('supergraph.yaml', yamlFor('later.graphql'))
    await vi.waitFor(() => expect(reasons()).toEqual([expect.stringContaining('no such file')]), SOON)
    const before = router.supergraphId()
    await save('later.graphql', STARS_RENAMED)
    await vi.waitFor(() => expect(router.supergraphId()).not.toBe(before), SOON)
  })

  test('whose YAML is gone for a while does not stop the old one', async () => {
    const before = router.supergraphId()
    await rename(join(folder, 'supergraph.yaml'), join(folder, 'away.yaml'))
    await vi.waitFor(() => expect(reasons()).toHaveLength(1), SOON)
    expect(await router.ask('{ sock { stars } }')).toMatchObject({ errors: [] })
    await writeFile(join(folder, 'stars.graphql'), STARS_RENAMED)
    await rename(join(folder, 'away.yaml'), join(folder, 'supergraph.yaml'))
    await vi.waitFor(() => expect(router.supergraphId()).not.toBe(before), SOON)
  })

  test('is noticed as SDL, and one that is no supergraph is not taken', async () => {
    const file = join(folder, 'supergraph.graphql')
    const source = (sdl: string) => composed([shelf.source, { ...stars.source, sdl }])
    await writeFile(file, source(STARS))
    const other = await startTestRouter({ file })
    const before = other.supergraphId()
    await save('supergraph.graphql', 'type Query { a: Int }')
    const isRefused = () => other.logged.some((line) => line.includes('was rejected'))
    await vi.waitFor(() => expect(isRefused()).toBe(true), SOON)
    expect(await other.ask('{ sock { stars } }')).toMatchObject({ data: { sock: { stars: 4 } } })
    await save('supergraph.graphql', source(STARS_RENAMED))
    await vi.waitFor(() => expect(other.supergraphId()).not.toBe(before), SOON)
    expect(await other.ask('{ sock { rating } }')).toMatchObject({ data: { sock: { rating: 5 } } })
    await other.close()
  })
})
