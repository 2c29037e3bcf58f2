import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test } from 'vitest'
import { root } from '../repository.ts'
import { SUBGRAPH_NAMES } from '../shop/subgraphs/subgraphs.ts'
import { type Answer, graphqlClient } from '../shop/testing/graphql-client.ts'
import { outputOf, type ProcessOutput } from '../shop/testing/process-output.ts'
import { signIn } from './sign-in.ts'

const NODE = path.join(root, 'node_modules/.bin/node')

/** A data folder after the first start. The shops of the tests below run on it one after another. */
let used: string
/** Output of the first start, and its exit code. */
let first: { output: string; page: Answer; exitCode: number | null; secretsMode: number }
/** Data folder of a test. */
let folder: string
const running = new Set<Started>()

beforeAll(async () => {
  used = folder = mkdtempSync(path.join(tmpdir(), 'argyle-start-'))
  const shop = startShop()
  const url = await endpointOf(shop)
  const query = /(\{\n {2}product[\s\S]*?\n\})/.exec(shop.output())?.[1] ?? ''
  const page = await graphqlClient(url).ask(query)
  const secretsMode = statSync(path.join(folder, 'secrets.json')).mode & 0o777
  shop.child.kill('SIGINT')
  first = { page, secretsMode, exitCode: await shop.ended, output: shop.output() }
})
afterAll(() => rmSync(used, { recursive: true }))

afterEach(async () => {
  for (const { child, ended } of running) {
    child.kill('SIGTERM')
    await ended
  }
})

/** An empty data folder, for a test that must not find the data of others. */
function useOther(): void {
  folder = mkdtempSync(path.join(tmpdir(), 'argyle-start-'))
  onTestFinished(() => {
    rmSync(folder, { recursive: true })
    folder = used
  })
}

/** A copy, for a test that changes the data. */
function useCopy(): void {
  useOther()
  // PostgreSQL checks owners and modes, which Node's own copying does not preserve.
  execFileSync('cp', ['-a', `${used}/.`, folder])
}

type Started = { child: ChildProcess; output: () => string } & Pick<ProcessOutput, 'said' | 'ended'>

/** Runs a command of the shop as a process, with its own PostgreSQL. */
function run(script: 'start' | 'subgraph', ...args: string[]): Started {
  const child = spawn(NODE, [path.join(root, `dev/${script}.ts`), ...args], { stdio: 'pipe' })
  const { text, said, ended } = outputOf(child)
  const started = { child, output: text, said, ended }
  running.add(started)
  void ended.then(() => running.delete(started))
  return started
}

/** Starts a shop with options that replace these. */
function startShop(...args: string[]): Started {
  const usual = { '--data': folder, '--size': 'tiny', '--port': '0', '--subgraph-port-base': '0' }
  const others = Object.entries(usual).filter(([option]) => !args.includes(option))
  return run('start', ...others.flat(), ...args)
}

async function endpointOf(shop: Started): Promise<string> {
  const [, url = ''] = await shop.said(/GraphQL endpoint +(\S+)[\s\S]*ctrl-c stops everything/)
  return url
}

const postmasterFile = () => path.join(folder, 'postgres', 'cluster', 'postmaster.pid')

/** Makes PostgreSQL end at once, as after a failure of its own. */
function endPostgres(): void {
  process.kill(Number.parseInt(readFileSync(postmasterFile(), 'utf8'), 10), 'SIGQUIT')
}

test('the first start prints addresses, accounts and a query', async () => {
  const { page, output, secretsMode } = first
  expect(page.errors).toEqual([])
  expect(page.data.product.title).toMatch(/Socks$/)
  for (const name of SUBGRAPH_NAMES)
    expect(output).toMatch(new RegExp(`${name} +http://localhost:\\d+/graphql`))
  expect(output).toMatch(/Explorer +http:/)
  expect(secretsMode).toBe(0o600)
})

test('ctrl-c stops everything, PostgreSQL included', async () => {
  expect(first.exitCode).toBe(0)
  expect(existsSync(path.join(used, 'postgres', 'cluster', 'postmaster.pid'))).toBe(false)
})

test('the next start finds the demo accounts, and after kill -9 the one after it every account and the same secrets', async () => {
  const killed = startShop()
  const client = graphqlClient(await endpointOf(killed))
  for (const who of ['Customer', 'Staff member']) {
    const [, email = '', password = ''] =
      new RegExp(`${who} +(\\S+) +password: (.+)`).exec(first.output) ?? []
    await signIn(client, { email, password })
  }
  const account = { email: 'nils@example.com', password: 'two left socks and a right one' }
  const { data } = await client.ask(
    'mutation($input: SignUpInput!) { signUp(input: $input) { session { accessToken } } }',
    { input: { idempotencyKey: 'sign-up-of-nils-1', displayName: 'Nils', ...account } },
  )
  const secrets = readFileSync(path.join(folder, 'secrets.json'), 'utf8')
  killed.child.kill('SIGKILL')
  await killed.ended

  const second = graphqlClient(await endpointOf(startShop()))
  await signIn(second, account)
  second.useToken(data.signUp.session.accessToken)
  expect((await second.ask('{ me { email } }')).data).toEqual({ me: { email: account.email } })
  expect(readFileSync(path.join(folder, 'secrets.json'), 'utf8')).toBe(secrets)
})

test('while it runs, a second shop is refused with the process that uses the data folder, a subgraph can be stopped and started by a typed line, and the shop ends when its PostgreSQL does', async () => {
  const shop = startShop()
  const client = graphqlClient(await endpointOf(shop))
  const second = startShop()
  expect(await second.ended).toBe(1)
  expect(second.output().trim().split('\n').at(-1)).toMatch(
    `is in use by process ${shop.child.pid}: stop that, or choose another data folder`,
  )
  shop.child.stdin?.write('stop reviews\n')
  await shop.said(/reviews is stopped/)
  const query = '{ products(first: 1) { edges { node { title rating { count } } } } }'
  const without = await client.ask(query)
  expect(without.errors).toMatchObject([{ extensions: { code: 'SUBGRAPH_UNAVAILABLE' } }])
  expect(without.data.products.edges[0].node).toMatchObject({ title: expect.any(String), rating: null })
  shop.child.stdin?.write('start reviews\n')
  await shop.said(/reviews runs at/)
  expect((await client.ask(query)).errors).toEqual([])
  endPostgres()
  expect(await shop.ended).toBe(1)
  expect(shop.output()).toContain(
    'PostgreSQL stopped unexpectedly: stopping. Start again; no data is lost.\n',
  )
})

test('a port in use is reported in one line, and nothing is left running', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const address = other.address()
  const port = typeof address === 'object' && address ? String(address.port) : ''
  const shop = startShop('--port', port)
  expect(await shop.ended).toBe(1)
  expect(shop.output()).toBe(
    `port ${port} (router) is in use: stop the program that listens there, or choose another with --port\n`,
  )
  expect(existsSync(postmasterFile())).toBe(false)
  other.close()
})

test('a data folder that is a file is reported in one line', async () => {
  useOther()
  const file = path.join(folder, 'file')
  writeFileSync(file, '')
  const shop = startShop('--data', file)
  expect(await shop.ended).toBe(1)
  expect(shop.output().trim().split('\n')).toHaveLength(1)
  expect(shop.output()).toContain(file)
})

test('--fresh deletes the data', async () => {
  useCopy()
  const empty = startShop('--size', 'none', '--fresh')
  const url = await endpointOf(empty)
  expect(
    (await graphqlClient(url).ask('{ products(first: 1) { edges { node { slug } } } }')).data.products.edges,
  ).toEqual([])
  empty.child.kill('SIGINT')
  await empty.ended
})

test('other seed data than the folder holds is refused', async () => {
  const larger = startShop('--size', 'demo')
  expect(await larger.ended).toBe(1)
  expect(larger.output()).toContain('holds tiny seed data, not demo: add --fresh to replace it')
})

test.each([
  [['--port', 'http'], '--port is "http": allowed is a whole number from 0 to 65530'],
  [
    ['--cors', 'http://localhost:5173/'],
    '--cors cannot be used:\n  http.cors.origins.0: "http://localhost:5173/" is not an origin: write "http://localhost:5173"',
  ],
  [
    ['--host', '203.0.113.9'],
    '"203.0.113.9" is no address of this machine: choose another with --host, such as 127.0.0.1',
  ],
])('the options %j are refused with the allowed ones', async (args, line) => {
  const shop = run('start', '--data', folder, ...args)
  expect(await shop.ended).toBe(1)
  expect(shop.output()).toBe(`${line}\n`)
})

test('one subgraph runs alone, with a token that its Sandbox sends', async () => {
  const reviews = run('subgraph', 'reviews', '--data', folder, '--port', '0')
  const [, url = '', authorization = ''] = await reviews.said(
    /Sandbox +(\S+)[\s\S]*authorization: (\S+ \S+)[\s\S]*ctrl-c/,
  )
  const page = await fetch(url, { headers: { accept: 'text/html' } })
  expect(await page.text()).toContain(authorization.replace('Bearer ', ''))
  const body = JSON.stringify({ query: '{ __typename _service { sdl } }' })
  const headers = { 'content-type': 'application/json' }
  const stranger = await fetch(url, { method: 'POST', headers, body })
  expect(stranger.status).toBe(401)
  const developer = await fetch(url, { method: 'POST', headers: { ...headers, authorization }, body })
  expect(await developer.json()).toMatchObject({ data: { __typename: 'Query' } })
  reviews.child.kill('SIGINT')
  expect(await reviews.ended).toBe(0)
  expect(existsSync(postmasterFile())).toBe(false)
})

test('a subgraph that runs alone ends when its PostgreSQL does', async () => {
  const reviews = run('subgraph', 'reviews', '--data', folder, '--port', '0')
  await reviews.said(/ctrl-c stops it/)
  endPostgres()
  expect(await reviews.ended).toBe(1)
  expect(reviews.output()).toContain('PostgreSQL stopped unexpectedly: stopping.\n')
})
