import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { ask, composed } from '../testing/router.ts'
import { startSubgraph, type TestSubgraph } from '../testing/subgraph.ts'

let folder: string
let subgraph: TestSubgraph
let router: RunningRouter | null = null

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'router-workers-'))
  subgraph = await startSubgraph('shelf', 'type Query { sock: String }', { Query: { sock: () => 'left' } })
  await writeFile(join(folder, 'supergraph.graphql'), composed([subgraph.source]))
  // Requests are held until a test has seen what it waits for.
  const settings = { fetching: { time: '100s' }, limits: { time: '110s', drain: '100s' } }
  await writeFile(join(folder, 'router.yaml'), JSON.stringify(settings))
})

afterEach(async () => {
  router?.child.kill('SIGTERM')
  await router?.ended
  router = null
})

afterAll(async () => {
  await subgraph?.stop()
  await rm(folder, { recursive: true })
})

type RunningRouter = {
  readonly child: ChildProcess
  /** Waits for a text on either output, already printed or not. */
  shows(pattern: RegExp): Promise<RegExpExecArray>
  readonly ended: Promise<number | null>
}

function run(...args: string[]): RunningRouter {
  const main = fileURLToPath(new URL('../main.mjs', import.meta.url))
  const supergraph = args.includes('--supergraph') ? [] : ['--supergraph', 'supergraph.graphql']
  const options = [...supergraph, '--port', '0', '--executor', 'compiled', ...args]
  const child = spawn(process.execPath, [main, ...options], { cwd: folder, env: {} })
  let text = ''
  let look = () => {}
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      text += chunk
      look()
    })
  }
  return {
    child,
    ended: new Promise((resolve) => child.on('close', resolve)),
    shows: (pattern) =>
      new Promise((resolve, reject) => {
        look = () => {
          const found = pattern.exec(text)
          if (found) resolve(found)
        }
        look()
        child.once('close', () => reject(new Error(`the router ended without ${pattern}: ${text}`)))
      }),
  }
}

async function endpointOf(running: RunningRouter): Promise<string> {
  const [, url = ''] = await running.shows(/served at (http:\S+)/)
  return url
}

/** A POST request of an operation, as its bytes. */
function request(query: string): string {
  const body = JSON.stringify({ query })
  return `POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`
}

type Connection = {
  send(text: string): void
  /** Resolves when the server has ended or reset the connection. */
  readonly ended: Promise<void>
  shows(pattern: RegExp): Promise<RegExpExecArray>
  /** Calls back for every further match. */
  onEach(pattern: RegExp, then: () => void): void
}

async function openConnection(port: number): Promise<Connection> {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  let text = ''
  const looking = new Set<() => void>()
  // A reset is an end too.
  socket.on('error', () => {})
  socket.on('data', (chunk) => {
    text += chunk
    for (const look of looking) look()
  })
  return {
    send: (sent) => void socket.write(sent),
    ended: new Promise((resolve) => socket.once('close', () => resolve())),
    shows: (pattern) =>
      new Promise((resolve) => {
        const look = () => {
          const found = pattern.exec(text)
          if (found) resolve(found)
        }
        looking.add(look)
        look()
      }),
    onEach(pattern, then) {
      let seen = 0
      const look = () => {
        const count = text.match(pattern)?.length ?? 0
        if (count > seen) {
          seen = count
          then()
        }
      }
      looking.add(look)
      look()
    },
  }
}

/** Whether an answer arrives before the connection ends. */
const outcome = (client: Connection, answer: RegExp) =>
  Promise.race([client.shows(answer).then(() => 'answered'), client.ended.then(() => 'closed')])

/** Clients that send requests without a pause until they are stopped; collects the failures. */
function keepAsking(url: string, clients: number) {
  let asking = true
  let answers = 0
  const faults: unknown[] = []
  const loops = Array.from({ length: clients }, async () => {
    while (asking) {
      const answer = await ask(url, '{ sock }').catch((error: unknown) => ({
        status: 0,
        data: String(error),
      }))
      answers++
      if (answer.status !== 200) faults.push(answer)
    }
  })
  return {
    answers: () => answers,
    async stop(): Promise<readonly unknown[]> {
      asking = false
      await Promise.all(loops)
      return faults
    },
  }
}

// A start of the router takes a second, and several times that on a busy machine; reloading starts four.
describe('several workers', { timeout: 180_000 }, () => {
  test('share a port, and are exchanged one by one without a failed request', async () => {
    router = run('--workers', '2')
    const url = await endpointOf(router)
    await router.shows(/by 2 processes/)
    const clients = keepAsking(url, 4)
    router.child.kill('SIGHUP')
    await router.shows(/"workers":2,.*the workers were replaced/)
    expect(clients.answers()).toBeGreaterThan(0)
    expect(await clients.stop()).toEqual([])
    expect(await ask(url, '{ sock }')).toMatchObject({ status: 200, data: { sock: 'left' } })
  })

  test('are exchanged after their start by a SIGHUP that comes during it', async () => {
    router = run('--workers', '2')
    await router.shows(/a worker serves/)
    router.child.kill('SIGHUP')
    await router.shows(/by 2 processes[\s\S]*"workers":2,.*the workers were replaced/)
    expect(await ask(await endpointOf(router), '{ sock }')).toMatchObject({ status: 200 })
  })

  test('end well on SIGTERM', async () => {
    router = run('--workers', '2')
    await endpointOf(router)
    router.child.kill('SIGTERM')
    expect(await router.ended).toBe(0)
  })

  test('answer what has begun to arrive, however often they are told to end', async () => {
    router = run('--workers', '2')
    const { port } = new URL(await endpointOf(router))
    await router.shows(/by 2 processes/)
    const serves = '"worker":(\\d+),"msg":"a worker serves"'
    const [, ...pids] = await router.shows(new RegExp(`${serves}[\\s\\S]*${serves}`))
    const served = async () => {
      const client = await openConnection(Number(port))
      client.send(request('{ sock }'))
      await client.shows(/"left"/)
      return client
    }
    // Each worker has one of two connections.
    const begun = [await served(), await served()]
    for (const client of begun) client.send(request('{ sock }').slice(0, -10))
    const idle = [await served(), await served()]
    router.child.kill('SIGTERM')
    for (const client of idle) await client.ended
    for (const pid of pids) process.kill(Number(pid), 'SIGTERM')
    for (const client of begun) client.send(request('{ sock }').slice(-10))
    const outcomes = begun.map((client) => outcome(client, /"left"[\s\S]*"left"/))
    expect(await Promise.all(outcomes)).toEqual(['answered', 'answered'])
    expect(await router.ended).toBe(0)
  })

  test('are replaced when they die', async () => {
    router = run('--workers', '2')
    const url = await endpointOf(router)
    const [, pid] = await router.shows(/"worker":(\d+),"msg":"a worker serves"/)
    process.kill(Number(pid), 'SIGKILL')
    await router.shows(
      new RegExp(`"level":50,.*"worker":${pid},"code":null,"signal":"SIGKILL","ms":100,"msg":"a worker died`),
    )
    await router.shows(/a worker died[\s\S]*a worker serves/)
    expect(await ask(url, '{ sock }')).toMatchObject({ status: 200 })
  })

  test('are replaced when they die, as soon as another one can start', async () => {
    const file = join(folder, 'mended.graphql')
    await writeFile(file, composed([subgraph.source]))
    router = run('--workers', '2', '--supergraph', 'mended.graphql')
    await router.shows(/by 2 processes/)
    const [, pid] = await router.shows(/"worker":(\d+),"msg":"a worker serves"/)
    await writeFile(file, 'type Query { a: Int }')
    process.kill(Number(pid), 'SIGKILL')
    await router.shows(/is not a supergraph that can be served/)
    await writeFile(file, composed([subgraph.source]))
    await router.shows(/(?:a worker serves[\s\S]*){3}/)
  })

  test('that are killed leave no client waiting, and new clients are served by the living', async () => {
    router = run('--workers', '2')
    const { port } = new URL(await endpointOf(router))
    await router.shows(/by 2 processes/)
    const [, pid = ''] = await router.shows(/"worker":(\d+),"msg":"a worker serves"/)
    // A stopped process accepts no connections: of three new ones it is assigned one, and the other worker
    // answers two.
    process.kill(Number(pid), 'SIGSTOP')
    const clients = await Promise.all([1, 2, 3].map(() => openConnection(Number(port))))
    for (const client of clients) client.send(request('{ sock }'))
    const waiting = new Set(clients)
    await new Promise<void>((resolve) => {
      for (const client of clients) {
        client.onEach(/"left"/g, () => waiting.delete(client) && waiting.size === 1 && resolve())
      }
    })
    process.kill(Number(pid), 'SIGKILL')
    for (const client of waiting) await client.ended
    const later = await openConnection(Number(port))
    later.send(request('{ sock }'))
    await later.shows(/"left"/)
  })

  test('that end pass on the connections which they were assigned and have not accepted', async () => {
    router = run('--workers', '2')
    const { port } = new URL(await endpointOf(router))
    await router.shows(/by 2 processes/)
    const [, pid = ''] = await router.shows(/"worker":(\d+),"msg":"a worker serves"/)
    // Each worker has one of two connections. An ending worker closes its own last.
    const idle = await Promise.all([1, 2].map(() => openConnection(Number(port))))
    for (const client of idle) {
      client.send(request('{ sock }'))
      await client.shows(/"left"/)
    }
    // A stopped primary assigns connections to a worker of whose end it has not heard.
    router.child.kill('SIGSTOP')
    const clients = await Promise.all([1, 2].map(() => openConnection(Number(port))))
    for (const client of clients) client.send(request('{ sock }'))
    process.kill(Number(pid), 'SIGTERM')
    await Promise.race(idle.map((client) => client.ended))
    // A worker that did not wait for the primary would end in this time.
    await after(200)
    router.child.kill('SIGCONT')
    const outcomes = clients.map((client) => outcome(client, /"left"/))
    expect(await Promise.all(outcomes)).toEqual(['answered', 'answered'])
  })

  test('end when the process that started them is killed', async () => {
    router = run('--workers', '2')
    const { port } = new URL(await endpointOf(router))
    await router.shows(/by 2 processes/)
    const client = await openConnection(Number(port))
    client.send(request('{ sock }'))
    await client.shows(/"left"/)
    router.child.kill('SIGKILL')
    await client.ended
    // The workers share standard output: it ends with the last of them.
    expect(await router.ended).toBeNull()
  })

  test('stay where a SIGHUP finds that new ones cannot start', async () => {
    const file = join(folder, 'changing.graphql')
    await writeFile(file, composed([subgraph.source]))
    router = run('--workers', '2', '--supergraph', 'changing.graphql')
    const url = await endpointOf(router)
    await router.shows(/by 2 processes/)
    await writeFile(file, 'type Query { a: Int }')
    router.child.kill('SIGHUP')
    await router.shows(/a new worker failed to start: the old ones continue/)
    expect(await ask(url, '{ sock }')).toMatchObject({ status: 200, data: { sock: 'left' } })
    // Both are still there when the next ones can start.
    await writeFile(file, composed([subgraph.source]))
    router.child.kill('SIGHUP')
    const [, workers] = await router.shows(/"workers":(\d+).*the workers were replaced/)
    expect(workers).toBe('2')
  })

  test('that cannot start end the router with the reason, once', async () => {
    await writeFile(join(folder, 'broken.graphql'), 'type Query { a: Int }')
    router = run('--workers', '2', '--supergraph', 'broken.graphql')
    await router.shows(/is not a supergraph that can be served/)
    expect(await router.ended).toBe(1)
  })
})

describe('one process', { timeout: 180_000 }, () => {
  test.skipIf(process.platform !== 'linux')('is the one that was started, and spares memory', async () => {
    router = run()
    await endpointOf(router)
    const environment = await readFile(`/proc/${router.child.pid}/environ`, 'utf8')
    expect(environment.split('\0')).toContain('MALLOC_ARENA_MAX=2')
  })

  test('ends well on SIGINT, as from a terminal', async () => {
    router = run()
    await endpointOf(router)
    router.child.kill('SIGINT')
    expect(await router.ended).toBe(0)
  })

  test('ends at once on a second signal, with a request that is not answered', async () => {
    router = run()
    const { port } = new URL(await endpointOf(router))
    const reached = Promise.withResolvers<void>()
    subgraph.server.handle(() => reached.resolve())
    const [waiting, health] = [await openConnection(Number(port)), await openConnection(Number(port))]
    waiting.send(request('{ sock }'))
    await reached.promise
    const askHealth = () => health.send('GET /health/ready HTTP/1.1\r\nhost: x\r\n\r\n')
    askHealth()
    await health.shows(/"ready"/)
    router.child.kill('SIGTERM')
    health.onEach(/"ready"/g, askHealth)
    await health.shows(/"draining"/)
    router.child.kill('SIGTERM')
    expect(await router.ended).toBe(1)
    subgraph.recover()
  })

  test('answers on SIGTERM what has begun to arrive', async () => {
    router = run()
    const { port } = new URL(await endpointOf(router))
    const [begun, health] = [await openConnection(Number(port)), await openConnection(Number(port))]
    const begunWith = request('{ sock }').slice(0, -10)
    begun.send(begunWith)
    const askHealth = () => health.send('GET /health/ready HTTP/1.1\r\nhost: x\r\n\r\n')
    askHealth()
    await health.shows(/"ready"/)
    router.child.kill('SIGTERM')
    health.onEach(/"ready"/g, askHealth)
    // The client opens no request on this connection that would be lost.
    await health.shows(/HTTP\/1.1 503[\s\S]*\r\nconnection: close\r\n[\s\S]*"draining"/i)
    begun.send(request('{ sock }').slice(begunWith.length))
    const [answer] = await begun.shows(/HTTP[\s\S]*"data"[\s\S]*\}\}/)
    expect(answer).toMatch(
      /^HTTP\/1.1 200 OK\r\n[\s\S]*connection: close\r\n[\s\S]*\{"data":\{"sock":"left"\}\}/i,
    )
    expect(await router.ended).toBe(0)
  })
})
