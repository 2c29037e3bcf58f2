import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { environment } from '@argyle/kit/config'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { waitUntil } from '../../e2e/wait-until.ts'
import { root } from '../../repository.ts'
import { copyRepository, type RepositoryCopy } from '../../test/repository-copy.ts'
import { type GraphqlClient, graphqlClient } from '../testing/graphql-client.ts'
import { outputOf, type ProcessOutput } from '../testing/process-output.ts'

let copy: RepositoryCopy
let data: string
let shop: ChildProcess
let output: ProcessOutput
let client: GraphqlClient

const clientOf = ([, url = '']: RegExpExecArray) => graphqlClient(url.replace('localhost', '127.0.0.1'))

beforeAll(async () => {
  copy = copyRepository()
  data = mkdtempSync(path.join(tmpdir(), 'argyle-watch-'))
  const args = ['--watch', '--size', 'tiny', '--data', data, '--port', '0', '--subgraph-port-base', '0']
  shop = spawn(path.join(root, 'node_modules/.bin/node'), ['dev/start.ts', ...args], {
    cwd: copy.root,
    env: { PATH: environment().PATH },
    stdio: 'pipe',
  })
  output = outputOf(shop)
  client = clientOf(await output.said(/GraphQL endpoint +(\S+)[\s\S]*ctrl-c stops everything/))
})
afterAll(async () => {
  shop.kill('SIGTERM')
  await output.ended
  rmSync(data, { recursive: true })
  copy.remove()
})

const RESOLVERS = 'subgraphs/reviews/resolvers.ts'
const SCHEMA = 'subgraphs/reviews/schema.graphql'

test('a new field and its resolver are served soon after they are saved, by their subgraph alone', async () => {
  const before = output.text().length
  copy.edit(SCHEMA, 'type Query {', 'type Query {\n  "How the shop greets."\n  greeting: String')
  copy.edit(RESOLVERS, 'Query: {', "Query: {\n    greeting: () => 'warm feet',")
  await output.said(/reviews runs its new code/, before)
  // On a busy machine the two files are two changes: the first has the field without its resolver.
  const answer = await waitUntil(
    () => client.ask('{ greeting }'),
    ({ data }) => Boolean(data?.greeting),
  )
  expect(answer.data).toEqual({ greeting: 'warm feet' })
  expect(output.text().slice(before)).not.toMatch(/(users|products|inventory|orders) runs its new code/)
})

test('the resolver types of a changed schema are generated, for the editor', async () => {
  const types = await waitUntil(
    async () => copy.read('subgraphs/reviews/generated/resolvers.ts'),
    (text) => text.includes('greeting'),
  )
  expect(types).toContain('greeting')
})

test('a changed schema.prisma is served by a client that is generated and imported anew', async () => {
  const greets = (greeting: string) =>
    waitUntil(
      () => client.ask('{ greeting }'),
      ({ data }) => data?.greeting === greeting,
    )
  copy.edit(
    'prisma/reviews/schema.prisma',
    'enum ReviewStatus {',
    'enum Mood {\n  WARM\n}\n\nenum ReviewStatus {',
  )
  // The former client has no such export.
  const imports = "import { Mood } from './generated/prisma/client.ts'\nimport type { Resolvers }"
  copy.edit(RESOLVERS, 'import type { Resolvers }', imports)
  copy.edit(RESOLVERS, "'warm feet'", 'Mood.WARM')
  expect((await greets('WARM')).errors).toEqual([])
  copy.edit(RESOLVERS, 'Mood.WARM', "'warm feet'")
  expect((await greets('warm feet')).errors).toEqual([])
})

test('code that does not load is reported, and the previous code keeps serving', async () => {
  const before = output.text().length
  copy.edit(RESOLVERS, "'warm feet'", "'warm")
  await output.said(/reviews continues with its previous code:[\s\S]*SyntaxError/, before)
  expect((await client.ask('{ greeting }')).data).toEqual({ greeting: 'warm feet' })
})

test('start NAME runs the code as it is now', async () => {
  const before = output.text().length
  shop.stdin?.write('stop reviews\n')
  await output.said(/reviews is stopped/, before)
  copy.edit(RESOLVERS, "'warm", "'mended'")
  shop.stdin?.write('start reviews\n')
  await output.said(/reviews runs at/, before)
  // The saved file may cause one more start.
  const answer = await waitUntil(
    () => client.ask('{ greeting }'),
    ({ errors }) => errors.length === 0,
  )
  expect(answer.data).toEqual({ greeting: 'mended' })
})

test('a change of shared code restarts the whole shop', async () => {
  const before = output.text().length
  copy.edit('dev/shop/terminal/banner.ts', 'Argyle is ready.', 'Argyle is ready again.')
  await output.said(
    /dev\/shop\/terminal\/banner\.ts changed, which all of the shop runs on: starting anew/,
    before,
  )
  client = clientOf(
    await output.said(/Argyle is ready again\.[\s\S]*GraphQL endpoint +(\S+)[\s\S]*ctrl-c stops/, before),
  )
  expect((await client.ask('{ greeting }')).data).toEqual({ greeting: 'mended' })
})
