import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
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

describe.runIf(process.platform === 'linux')('a server that was left', () => {
  let cluster: string
  const file = () => path.join(cluster, 'postmaster.pid')

  beforeEach(() => {
    const folder = mkdtempSync(path.join(tmpdir(), 'argyle-leftover-'))
    cleanUp.push(() => rmSync(folder, { recursive: true }))
    cluster = path.join(folder, 'cluster')
    mkdirSync(cluster)
  })

  function note(pid: number | undefined): void {
    const lines = [pid, cluster, 1, 5432, '/tmp', '127.0.0.1', '1 1', 'ready', '']
    writeFileSync(file(), lines.join('\n'))
  }

  /** A process in the cluster's folder. */
  function run(program: string): { readonly child: ChildProcess; readonly ended: Promise<unknown[]> } {
    const child = spawn(program, ['600'], { cwd: cluster })
    cleanUp.push(() => void child.kill('SIGKILL'))
    return { child, ended: once(child, 'exit') }
  }

  test('is also found if the path of its cluster is a symbolic link', async () => {
    const link = `${cluster}-link`
    symlinkSync(cluster, link)
    const server = run('sleep')
    note(server.child.pid)
    await stopLeftover(link)
    // One that was not stopped ends by this.
    server.child.kill('SIGKILL')
    expect(await server.ended).toEqual([null, 'SIGINT'])
  })

  test('is not taken for running while it is a zombie', async () => {
    const spawning = `console.log(require('node:child_process').spawn('sleep', ['600']).pid)`
    const parent = spawn(process.execPath, ['-e', spawning], {
      cwd: cluster,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    cleanUp.push(() => void parent.kill('SIGKILL'))
    const [line] = await once(parent.stdout, 'data')
    // A stopped parent does not ask for the exit code of its child.
    parent.kill('SIGSTOP')
    note(Number(String(line)))
    await stopLeftover(cluster)
    expect(existsSync(file())).toBe(false)
  })

  test('is followed by the next one only when its sessions have ended', async () => {
    const program = path.join(cluster, 'postgres')
    symlinkSync('/bin/sleep', program)
    const session = run(program)
    const { pid } = spawnSync('true')
    note(pid)
    const waits: number[] = []
    await expect(stopLeftover(cluster, async (ms) => void waits.push(ms))).rejects.toThrow(
      `process ${session.child.pid} of a killed PostgreSQL server still uses ${cluster}: end it by hand`,
    )
    expect([waits.length, existsSync(file())]).toEqual([300, true])
    await stopLeftover(cluster, async () => {
      session.child.kill('SIGKILL')
      await session.ended
    })
    expect(existsSync(file())).toBe(false)
  })
})
