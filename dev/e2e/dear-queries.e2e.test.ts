import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import path from 'node:path'
import { type TestDatabase, testDatabase } from '@argyle/kit/testing/database'
import { internalToken } from '@argyle/kit/testing/notes/serve-notes'
import { programEnvironment } from '@argyle/kit/testing/own-process'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { TURN_PROBE, type Watched, watched } from '../../router/testing/watched-process.ts'
import { root } from '../repository.ts'
import { seedShop } from '../seed/seed-shop.ts'

/** MB: half of the heap in an image. */
const HEAP = 256
const MEGABYTE = 1024 * 1024
/** Longest turn of the event loop: the time for which the service parses so many MB of JSON. */
const MAX_TURN = 100
const KEY = randomBytes(32)

let database: TestDatabase
let child: ChildProcess
let url: string
let watch: Watched

/** products as a separate service with the demo seed, without a router. */
beforeAll(async () => {
  database = await testDatabase('products')
  const plan = { seed: 1, size: 'demo', today: Date.UTC(2026, 10, 27) } as const
  await seedShop({ plan, urlOf: () => database.url, only: ['products'], passwordHash: async () => '' })
  const node = [`--max-old-space-size=${HEAP}`, '--expose-gc', '--import', TURN_PROBE]
  child = spawn(process.execPath, [...node, path.join(root, 'subgraphs/products/main.ts')], {
    env: {
      ...programEnvironment(),
      NODE_ENV: 'production',
      PORT: '0',
      DATABASE_URL: database.url,
      INTERNAL_TOKEN_KEY: KEY.toString('base64url'),
    },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  })
  url = await new Promise<string>((resolve, reject) => {
    let written = ''
    child.once('exit', () => reject(new Error(`products ended: ${written}`)))
    child.stdout?.on('data', (chunk) => {
      written += chunk
      const [, port] = /"port":(\d+)\D/.exec(written) ?? []
      if (port) resolve(`http://127.0.0.1:${port}`)
    })
  })
  watch = watched(child)
})
afterAll(async () => {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  await database.drop()
})

type Answer = {
  data: { products: { edges: unknown[] } } | null
  errors?: { message: string; extensions: { code: string } }[]
}

async function ask(query: string): Promise<Answer> {
  const authorization = `Bearer ${await internalToken({}, { key: KEY, audience: 'products' })}`
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization },
    body: JSON.stringify({ query }),
  })
  // The test knows the shape of its own operations.
  return (await response.json()) as Answer
}

/**
 * Products, the products of their parent category, and so on: each level multiplies by the number of
 * products.
 */
function levels(count: number): string {
  const inner = (left: number): string =>
    left === 0
      ? 'id title'
      : `category { parent { products(first: 100) { edges { node { ${inner(left - 1)} } } } } }`
  return `{ products(first: 100) { edges { node { ${inner(count)} } } } }`
}

const TOO_LARGE = 'The answer is larger than 16 MB and 250000 fields: ask for fewer items or fields.'

/** Polls the service's health until `work` is done. */
async function healthDuring(work: Promise<unknown>): Promise<number[]> {
  let isDone = false
  const end = () => {
    isDone = true
  }
  void work.then(end, end)
  const statuses: number[] = []
  while (!isDone) statuses.push((await fetch(`${url}/health/live`)).status)
  return statuses
}

test.each([
  ['two levels', levels(2)],
  ['three levels', levels(3)],
  [
    'many aliases of a list',
    `{ ${Array.from({ length: 300 }, (_, n) => `a${n}: products(first: 100) { edges { node { ${Array.from({ length: 10 }, (_, m) => `t${m}: title`).join(' ')} } } }`).join(' ')} }`,
  ],
  [
    'many aliases of __typename',
    `{ products(first: 100) { edges { node { ${Array.from({ length: 3000 }, (_, n) => `a${n}: __typename`).join(' ')} } } } }`,
  ],
])(
  'a query of %s is refused, within a bounded share of the memory, and health checks are answered',
  async (_, query) => {
    await ask(levels(1))
    const { rssBytes: before } = await watch.settle()
    await watch.watch()
    const answer = ask(query)
    const statuses = await healthDuring(answer)
    const { longestTurn, rssBytes } = await watch.observe()

    expect(await answer).toEqual({
      data: null,
      errors: [{ message: TOO_LARGE, extensions: { code: 'BAD_USER_INPUT' } }],
    })
    expect(new Set(statuses)).toEqual(new Set([200]))
    expect(longestTurn).toBeLessThan(MAX_TURN)
    expect((rssBytes - before) / MEGABYTE).toBeLessThan(128)
  },
)

test('after twenty concurrent queries of this kind the service runs on, and its memory is freed', async () => {
  const { rssBytes: before } = await watch.settle()
  await watch.watch()
  const answers = Promise.all(Array.from({ length: 20 }, () => ask(levels(3))))
  const statuses = await healthDuring(answers)
  const { longestTurn } = await watch.observe()

  for (const { data, errors } of await answers) {
    expect(data).toBeNull()
    expect(['BAD_USER_INPUT', 'SUBGRAPH_UNAVAILABLE']).toContain(errors?.[0]?.extensions.code)
  }
  expect(new Set(statuses)).toEqual(new Set([200]))
  expect(longestTurn).toBeLessThan(MAX_TURN)
  const { rssBytes: after } = await watch.settle()
  expect((after - before) / MEGABYTE).toBeLessThan(160)
  expect((await ask(levels(0))).data?.products.edges.length).toBeGreaterThan(50)
})
