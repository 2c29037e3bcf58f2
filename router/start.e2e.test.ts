import { writeFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { supergraphId } from './supergraph/supergraph.ts'
import { startTestServer } from './testing/http-server.ts'
import { composed, startTestRouter } from './testing/router.ts'

const POLICIES = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@policy"])
  type Query { open: String closed: String @policy(policies: [["always"]]) }`

/** The time in which a changed file is noticed, read and composed, even by a busy machine. */
const SOON = { timeout: 50_000, interval: 20 }

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'router-start-'))
})

afterAll(() => rm(folder, { recursive: true }))

async function file(name: string, text: string): Promise<string> {
  await writeFile(join(folder, name), text)
  return join(folder, name)
}

test('a port in use is reported with its number', async () => {
  const other = await startTestServer((_, response) => response.end())
  const sdl = composed([{ name: 'a', url: other.origin, file: 'a.graphql', sdl: 'type Query { x: Int }' }])
  await expect(startTestRouter({ sdl }, { port: other.port })).rejects.toThrow(
    `Port ${other.port} is in use on 127.0.0.1`,
  )
  await other.stop()
})

test('an address of another machine is reported', async () => {
  const sdl = composed([{ name: 'a', url: 'http://a.test', file: 'a.graphql', sdl: 'type Query { x: Int }' }])
  await expect(startTestRouter({ sdl }, { host: '203.0.113.1' })).rejects.toThrow(
    '"203.0.113.1" is no address of this machine',
  )
})

test('the URL of a router at an address of IPv6 has that in brackets', async ({ skip }) => {
  const sdl = composed([{ name: 'a', url: 'http://a.test', file: 'a.graphql', sdl: 'type Query { x: Int }' }])
  const router = await startTestRouter({ sdl }, { host: '::1' }).catch(() => null)
  if (!router) return skip('the machine has no IPv6')
  expect(router.url).toBe(`http://[::1]:${router.port}/graphql`)
  expect(await router.ask('{ __typename }')).toMatchObject({ data: { __typename: 'Query' } })
  await router.close()
})

test('a file that is no supergraph is reported with its name', async () => {
  const subgraph = await file('subgraph.graphql', 'type Query { a: Int }')
  await expect(startTestRouter({ file: subgraph })).rejects.toThrow(
    /subgraph\.graphql is not a supergraph that can be served/,
  )
  await expect(startTestRouter({ file: folder })).rejects.toThrow(/it is a folder/)
})

test('a supergraph whose schema is not valid is refused, from a file or as it is given', async () => {
  const schema = 'type Query { t: T } interface Named { name: ID } type T implements Named { name: ID }'
  const sdl = composed([{ name: 'a', url: 'http://a.test', file: 'a.graphql', sdl: schema }])
  const wrong = sdl.replace(/(type T implements Named[^{]*\{\s*)name/, '$1size')
  const written = await file('wrong.graphql', wrong)
  const reason = 'is not a supergraph that can be served: '
  await expect(startTestRouter({ file: written })).rejects.toThrow(`${written} ${reason}`)
  await expect(startTestRouter({ sdl: wrong })).rejects.toThrow(`The given SDL ${reason}`)
})

test('missing or wrong parts of a supergraph.yaml are reported', async () => {
  const lost = await file(
    'lost.yaml',
    'subgraphs: { a: { routing_url: "http://a.test", schema: { file: lost.graphql } } }',
  )
  await expect(startTestRouter({ file: lost })).rejects.toThrow(/Cannot read .*lost\.graphql: no such file/)
  const text = await file('text.yaml', 'subgraphs: [')
  await expect(startTestRouter({ file: text })).rejects.toThrow(/text\.yaml is not YAML/)
  const none = await file('none.yaml', 'subgraphs: {}')
  await expect(startTestRouter({ file: none })).rejects.toThrow(/subgraphs: names no subgraph/)
})

test('fields under @policy, which this router cannot decide, are closed to everybody', async () => {
  const subgraph = await startTestServer((_, response) => response.end('{"data":{"open":"yes"}}'))
  const sdl = composed([{ name: 'a', url: subgraph.origin, file: 'a.graphql', sdl: POLICIES }])
  const router = await startTestRouter({ sdl })
  const answer = await router.ask('{ open closed }')
  expect(answer).toMatchObject({ data: { open: 'yes', closed: null }, errors: [{ path: ['closed'] }] })
  await router.close()
  await subgraph.stop()
})

test('a subgraph is where the options say, else where router.yaml does, else where the supergraph does', async () => {
  const answering = (data: number) =>
    startTestServer((_, response) => response.end(JSON.stringify({ data: { x: data } })))
  const [routed, set, given] = await Promise.all([answering(1), answering(2), answering(3)])
  const sdl = composed([{ name: 'a', url: routed.origin, file: 'a', sdl: 'type Query { x: Int }' }])
  const http = { forward: [{ path: '/files/', to: 'a' }] }
  const settings = { http, subgraphs: { a: { url: set.origin } } }
  const options = [{ settings: { http } }, { settings }, { settings, subgraphUrls: { a: given.origin } }]
  for (const [place, option] of options.entries()) {
    const router = await startTestRouter({ sdl }, option)
    expect(await router.ask('{ x }')).toMatchObject({ data: { x: place + 1 } })
    const forwarded = await fetch(new URL('/files/a', router.url))
    expect(await forwarded.json()).toEqual({ data: { x: place + 1 } })
    await router.close()
  }
  await Promise.all([routed, set, given].map((server) => server.stop()))
})

test('a subgraph without a usable URL is reported, at the start and when it is added later', async () => {
  const sdlFor = (url: string) => composed([{ name: 'a', url, file: 'a', sdl: 'type Query { x: Int }' }])
  await expect(startTestRouter({ sdl: sdlFor('') })).rejects.toThrow(
    'The subgraph "a" has no http(s) URL to be reached at: ""',
  )
  const supergraph = await file('urls.graphql', sdlFor('http://a.test'))
  const router = await startTestRouter({ file: supergraph })
  await writeFile(supergraph, sdlFor('nowhere'))
  const reason = () => router.logged.find((line) => line.includes('was rejected'))
  await vi.waitFor(() => expect(reason()).toContain('has no http(s) URL'), SOON)
  await router.close()
})

test('a supergraph that is saved while the router starts is taken', async () => {
  const sdlFor = (fields: string) =>
    composed([{ name: 'a', url: 'http://a.test', file: 'a', sdl: `type Query { ${fields} }` }])
  const supergraph = await file('early.graphql', sdlFor('x: Int'))
  const later = sdlFor('x: Int y: Int')
  // The line is written after the file is read, and before the file is watched.
  const write = (line: string) => {
    if (line.includes('the settings refer to subgraphs')) writeFileSync(supergraph, later)
  }
  const settings = { subgraphs: { b: { url: 'http://b.test' } } }
  const router = await startTestRouter({ file: supergraph }, { settings, log: pino({}, { write }) })
  await vi.waitFor(() => expect(router.supergraphId()).toBe(supergraphId(later)), SOON)
  await router.close()
})

test('a router that is closed no longer looks at its supergraph', async () => {
  const sdl = composed([{ name: 'a', url: 'http://a.test', file: 'a.graphql', sdl: 'type Query { x: Int }' }])
  const supergraph = await file('closed.graphql', sdl)
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  try {
    const router = await startTestRouter({ file: supergraph })
    expect(vi.getTimerCount()).toBe(1)
    await router.close()
    expect(vi.getTimerCount()).toBe(0)
  } finally {
    vi.useRealTimers()
  }
})
