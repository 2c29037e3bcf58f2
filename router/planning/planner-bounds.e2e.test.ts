import { afterAll, beforeAll, expect, test } from 'vitest'
import { json, startTestServer, type TestServer } from '../testing/http-server.ts'
import { ask, composed } from '../testing/router.ts'
import { startWatchedRouter, type WatchedRouter } from '../testing/watched-router.ts'

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9",
  import: ["@key", "@external", "@requires", "@interfaceObject"])`

/** Hive's planner finds no way to `milk`, and Apollo's takes gigabytes for it. */
const SUBGRAPHS = {
  ent: `${LINK} type Query { favourite: Beast } type Beast @key(fields: "tag") @interfaceObject { tag: ID! }`,
  cat: `${LINK}
    interface Beast @key(fields: "tag") { tag: ID! name: String }
    type Cow implements Beast @key(fields: "tag") { tag: ID! name: String milk: Int }
    type Hen implements Beast @key(fields: "tag") { tag: ID! name: String eggs: Int }`,
  care: `${LINK} type Beast @key(fields: "tag") @interfaceObject {
    tag: ID! name: String @external badge: String @requires(fields: "name") }`,
}
const DEAR = '{ favourite { tag ... on Cow { badge milk } } }'
const CHEAP = '{ favourite { ... on Hen { eggs } } }'

let server: TestServer
let supergraph: string
let router: WatchedRouter

beforeAll(async () => {
  const data = {
    favourite: { __typename: 'Beast', tag: '1' },
    _entities: [{ __typename: 'Hen', tag: '1', eggs: 3 }],
  }
  server = await startTestServer((_, response) => json(response, 200, { data }))
  const sources = Object.entries(SUBGRAPHS).map(([name, sdl]) => ({
    name,
    url: server.origin,
    file: name,
    sdl,
  }))
  supergraph = composed(sources)
  router = await startWatchedRouter(supergraph, { settings: { planning: { time: '5s', memory: '4096MB' } } })
})

afterAll(async () => {
  await router?.stop()
  await server?.stop()
})

const plannersAsked = () => router.output().match(/"planner":/g)?.length ?? 0

test('an operation that explodes a planner is ended, keeps nobody waiting, and fails at once when it comes again', async () => {
  const before = await router.settle()
  const ended: string[] = []
  const dear = ask(router.url, DEAR).finally(() => ended.push('dear'))
  const cheap = ask(router.url, CHEAP).finally(() => ended.push('cheap'))
  expect((await cheap).errors).toEqual([])
  const refusal = [
    {
      message: 'The operation takes more time or memory to plan than it may: ask for less at a time.',
      extensions: { code: 'BAD_USER_INPUT' },
    },
  ]
  expect(await dear).toMatchObject({ status: 200, data: null, errors: refusal })
  expect(ended).toEqual(['cheap', 'dear'])
  const asked = plannersAsked()
  expect(await ask(router.url, DEAR)).toMatchObject({ data: null, errors: refusal })
  expect(plannersAsked()).toBe(asked)
  const after = await router.settle()
  expect(after.rssBytes - before.rssBytes).toBeLessThan(100 * 1_024 ** 2)
})

test('a request whose time is over does not wait for its plan', async () => {
  const hasty = await startWatchedRouter(supergraph, {
    settings: { limits: { time: '1s' }, fetching: { time: '500ms' }, planning: { memory: '4096MB' } },
  })
  try {
    expect(await ask(hasty.url, DEAR)).toMatchObject({
      data: null,
      errors: [
        { message: 'The operation took too long to plan.', extensions: { code: 'SUBGRAPH_UNAVAILABLE' } },
      ],
    })
  } finally {
    await hasty.stop()
  }
})
