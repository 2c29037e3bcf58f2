import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { PostgresFailure } from './failure.ts'
import { isAlive, stopLeftover, stopServer } from './leftover.ts'

/** Passes at once. */
const atOnce = async () => {}

const cleanUp: (() => void)[] = []
afterEach(() => {
  vi.restoreAllMocks()
  for (const step of cleanUp.splice(0)) step()
})

/** Signals reach nobody. The process exists until it gets the last of these signals. */
function processThatEndsBy(last: NodeJS.Signals | 'nothing') {
  const sent: unknown[] = []
  const looks: number[] = []
  vi.spyOn(process, 'kill').mockImplementation((_, signal) => {
    if (sent.includes(last)) throw Object.assign(new Error('no such process'), { code: 'ESRCH' })
    if (signal !== 0) sent.push(signal)
    else looks[sent.length - 1] = (looks[sent.length - 1] ?? 0) + 1
    return true
  })
  return { pid: process.pid, sent, looks }
}

test('a server is stopped "fast", and "immediately" only if that does not end it', async () => {
  const quick = processThatEndsBy('SIGINT')
  await stopServer(quick.pid, atOnce)
  expect(quick.sent).toEqual(['SIGINT'])
  vi.restoreAllMocks()
  const stuck = processThatEndsBy('SIGQUIT')
  await stopServer(stuck.pid, atOnce)
  expect(stuck.sent).toEqual(['SIGINT', 'SIGQUIT'])
})

test('a server that ends by no signal is named', async () => {
  const { pid, looks } = processThatEndsBy('nothing')
  await expect(stopServer(pid, atOnce)).rejects.toThrow(
    new PostgresFailure(`the PostgreSQL server with process id ${pid} does not stop: end it by hand`),
  )
  // A look each 10 ms, for 20 s and then for 10 s.
  expect(looks).toEqual([2_000, 1_000])
})

test('a process of another user is alive', () => {
  vi.spyOn(process, 'kill').mockImplementation(() => {
    throw Object.assign(new Error('not permitted'), { code: 'EPERM' })
  })
  expect(isAlive(process.pid)).toBe(true)
})

test.runIf(process.platform === 'linux')('a zombie is not alive', async () => {
  // The parent does not ask for the exit code of its child.
  const parent = spawn('sh', ['-c', 'true & echo $!; exec sleep 600'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  cleanUp.push(() => void parent.kill('SIGKILL'))
  const [line] = await once(parent.stdout, 'data')
  await expect.poll(() => isAlive(Number(String(line))), { timeout: 30_000 }).toBe(false)
})

test.runIf(process.platform === 'linux')(
  'a server is also found if the path of its cluster is a symbolic link',
  async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'argyle-leftover-'))
    cleanUp.push(() => rmSync(folder, { recursive: true }))
    const [cluster, link] = [path.join(folder, 'cluster'), path.join(folder, 'link')]
    mkdirSync(cluster)
    symlinkSync(cluster, link)
    const server = spawn('sleep', ['600'], { cwd: cluster })
    cleanUp.push(() => void server.kill('SIGKILL'))
    const ended = once(server, 'exit')
    const lines = [server.pid, cluster, 1, 5432, '/tmp', '127.0.0.1', '1 1', 'ready', '']
    writeFileSync(path.join(cluster, 'postmaster.pid'), lines.join('\n'))
    await stopLeftover(link)
    // One that was not stopped ends by this.
    server.kill('SIGKILL')
    expect(await ended).toEqual([null, 'SIGINT'])
  },
)
