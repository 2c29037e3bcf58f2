import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { isAlive } from '../postgres/leftover.ts'
import { type Program, superviseProgram } from './program.ts'
import { startWatchdog, type Watchdog } from './watchdog.ts'

let folder: string
let watchdog: Watchdog
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'argyle-program-'))
  watchdog = startWatchdog()
})
const running: Program[] = []
afterEach(async () => {
  vi.useRealTimers()
  for (const program of running.splice(0)) await program.stop()
})
afterAll(() => {
  watchdog.close()
  rmSync(folder, { recursive: true })
})

/** A program that prints its number from the environment, and runs until it gets a signal. */
function supervise(name: string, script: string, ended: string[] = []): Program {
  const program = superviseProgram(
    {
      name,
      service: name,
      args: ['-e', `const { env } = process; console.log('number ' + env.NUMBER); ${script}`],
      env: { NUMBER: '1' },
      port: 0,
    },
    { logs: folder, watchdog, onEnd: (_, how) => ended.push(how) },
  )
  running.push(program)
  return program
}

const STAY = 'setInterval(() => {}, 1000)'
const said = (program: Program) => readFileSync(program.log, 'utf8')

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 20))
}

test('a killed process is started again, and its log is kept', async () => {
  const ended: string[] = []
  const program = supervise('killed', STAY, ended)
  await until(() => said(program) === 'number 1\n')
  const before = program.pid()
  program.signal('SIGKILL')
  await until(() => said(program) === 'number 1\nnumber 1\n')
  expect(program.pid()).not.toBe(before)
  expect(program.ends()).toBe(1)
  expect(ended).toEqual(['SIGKILL'])
})

test('a process that ends by itself is reported with its exit code, and can get no signal meanwhile', async () => {
  const over = Promise.withResolvers<{ how: string; isSignalled: boolean; pid: number | undefined }>()
  const watched: unknown[] = []
  const noting: Watchdog = {
    watch: (pid) => void watched.push('watch', pid),
    forget: (pid) => void watched.push('forget', pid),
    close: () => {},
  }
  const program = superviseProgram(
    { name: 'ends', service: 'ends', args: ['-e', 'process.exit(3)'], env: {}, port: 0 },
    {
      ...{ logs: folder, watchdog: noting },
      onEnd: (one, how) => over.resolve({ how, isSignalled: one.signal('SIGCONT'), pid: one.pid() }),
    },
  )
  running.push(program)
  const pid = program.pid()
  expect(await over.promise).toEqual({ how: 'exit code 3', isSignalled: false, pid: undefined })
  // Its number may be that of a stranger from now on.
  expect(watched).toEqual(['watch', pid, 'forget', pid])
})

test('a program that cannot be started is reported, and counts as ended', async () => {
  const over = Promise.withResolvers<string>()
  const program = superviseProgram(
    { name: 'none', service: 'none', file: path.join(folder, 'none'), args: [], env: {}, port: 0 },
    { logs: folder, watchdog, onEnd: (_, how) => over.resolve(how) },
  )
  running.push(program)
  expect(await over.promise).toContain('ENOENT')
  expect(program.ends()).toBe(1)
})

/** A program that ends at once, under timers that the test moves; `ended` waits for its next end. */
function failing() {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  let over = Promise.withResolvers<void>()
  const program = superviseProgram(
    { name: 'fails', service: 'fails', file: '/bin/sh', args: ['-c', 'exit 1'], env: {}, port: 0 },
    { logs: folder, watchdog, onEnd: () => over.resolve() },
  )
  running.push(program)
  return {
    program,
    async ended() {
      await over.promise
      over = Promise.withResolvers()
    },
  }
}

test('a program that ends again and again is started after pauses that double up to five seconds', async () => {
  const { program, ended } = failing()
  for (const pause of [200, 400, 800, 1_600, 3_200, 5_000, 5_000]) {
    await ended()
    vi.advanceTimersByTime(pause - 1)
    expect(program.pid()).toBeUndefined()
    vi.advanceTimersByTime(1)
    expect(program.pid()).toBeGreaterThan(0)
  }
  // The end of a process that has run for longer than ten seconds is no repetition.
  vi.advanceTimersByTime(10_000)
  await ended()
  vi.advanceTimersByTime(4_999)
  expect(program.pid()).toBeUndefined()
  vi.advanceTimersByTime(1)
  vi.advanceTimersByTime(10_001)
  await ended()
  vi.advanceTimersByTime(199)
  expect(program.pid()).toBeUndefined()
  vi.advanceTimersByTime(1)
  expect(program.pid()).toBeGreaterThan(0)
  expect(program.ends()).toBe(9)
})

test('a program that is stopped during a pause is not started after it', async () => {
  const { program, ended } = failing()
  await ended()
  await program.stop()
  expect(vi.getTimerCount()).toBe(0)
  expect(program.pid()).toBeUndefined()
})

test('the log of a former process is set aside where it is larger than 10 MB', async () => {
  const log = path.join(folder, 'large.log')
  writeFileSync(log, 'before\n')
  truncateSync(log, 10 * 1024 * 1024 + 1)
  const program = supervise('large', STAY)
  await until(() => said(program) === 'number 1\n')
  expect(statSync(`${log}.1`).size).toBe(10 * 1024 * 1024 + 1)
  await program.stop()
  truncateSync(log, 10 * 1024 * 1024)
  const next = supervise('large', STAY)
  await until(() => said(next).endsWith('number 1\n') && statSync(log).size > 10 * 1024 * 1024)
})

test('the log has the output for errors too, and is not kept open for each process', async () => {
  const program = supervise('errors', `console.error('oh'); ${STAY}`)
  await until(() => said(program) === 'number 1\noh\n')
  if (process.platform !== 'linux') return
  const open = readdirSync('/proc/self/fd').flatMap((file) => {
    // The descriptor of the folder itself is closed by now.
    const place = `/proc/self/fd/${file}`
    return existsSync(place) ? [readlinkSync(place)] : []
  })
  expect(open).not.toContain(program.log)
})

test('a process has its settings alone', async () => {
  const program = supervise('alone', `console.log(env.PATH); ${STAY}`)
  await until(() => said(program).includes('\n', said(program).indexOf('\n') + 1))
  expect(said(program)).toBe('number 1\nundefined\n')
})

test('settings of the next process hold for that one alone', async () => {
  const program = supervise('settings', STAY)
  await until(() => said(program) === 'number 1\n')
  expect(program.hasOwnSettings()).toBe(false)
  program.kill(0, { NUMBER: '2' })
  await until(() => said(program).endsWith('number 2\n'))
  expect(program.hasOwnSettings()).toBe(true)
  program.signal('SIGKILL')
  await until(() => said(program) === 'number 1\nnumber 2\nnumber 1\n')
  expect(program.hasOwnSettings()).toBe(false)
})

test('a killed process is started after the time that was asked for, and has ended unexpectedly', async () => {
  let ended = Promise.withResolvers<string>()
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  const program = superviseProgram(
    { name: 'down', service: 'down', args: ['-e', STAY], env: {}, port: 0 },
    { logs: folder, watchdog, onEnd: (_, how) => ended.resolve(how) },
  )
  running.push(program)
  program.kill(3_000)
  expect(await ended.promise).toBe('SIGKILL')
  program.kill(0)
  vi.advanceTimersByTime(2_999)
  expect([program.pid(), program.ends()]).toEqual([undefined, 1])
  vi.advanceTimersByTime(1)
  expect(program.pid()).toBeGreaterThan(0)
  // In the next pause it is stopped, and stays so.
  ended = Promise.withResolvers()
  program.kill(3_000)
  await ended.promise
  await program.stop()
  expect(vi.getTimerCount()).toBe(0)
})

test('a process that ignores SIGTERM is killed after ten seconds', async () => {
  const listening = `process.on('SIGTERM', () => console.log('no')); console.log('listening')`
  const program = supervise('stubborn', `${listening}; ${STAY}`)
  await until(() => said(program) === 'number 1\nlistening\n')
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const stopped = program.stop()
  const told = () => new Promise(setImmediate)
  while (!said(program).endsWith('no\n')) await told()
  vi.advanceTimersByTime(9_999)
  await told()
  expect(program.pid()).toBeGreaterThan(0)
  vi.advanceTimersByTime(1)
  await stopped
  expect(program.pid()).toBeUndefined()
  expect(vi.getTimerCount()).toBe(0)
})

test('a process that was stopped is not started again, not even one that SIGSTOP suspends', async () => {
  const program = supervise('stopped', STAY)
  await until(() => said(program) === 'number 1\n')
  program.signal('SIGSTOP')
  // It ends without the SIGKILL, for which these timers never come to.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  await program.stop()
  expect([program.pid(), program.ends(), vi.getTimerCount()]).toEqual([undefined, 0, 0])
})

/** A module that supervises a program of this name, and prints its process id. */
function parentScript(name: string, childScript: string): string {
  const script = path.join(folder, `${name}.mjs`)
  const place = (file: string) => JSON.stringify(path.join(import.meta.dirname, file))
  writeFileSync(
    script,
    `import { superviseProgram } from ${place('program.ts')}
     import { startWatchdog } from ${place('watchdog.ts')}
     const program = superviseProgram(
       { name: '${name}', service: 'child', args: ['-e', ${JSON.stringify(childScript)}], env: {}, port: 0 },
       { logs: ${JSON.stringify(folder)}, watchdog: startWatchdog(), onEnd() {} })
     console.log(program.pid())`,
  )
  return script
}

test('children end with their parent, even one that is killed', async () => {
  const parent = supervise('parent', `import(${JSON.stringify(parentScript('child', STAY))})`)
  await until(() => /^\d+$/m.test(said(parent)))
  const child = Number(/^\d+$/m.exec(said(parent))?.[0])
  expect(process.kill(child, 0)).toBe(true)
  const pid = parent.pid() ?? 0
  parent.signal('SIGKILL')
  await until(() => !isAlive(child) && !isAlive(pid))
})

test('a ctrl-c, which reaches all processes of a terminal, leaves no child that ignores it', async () => {
  const script = parentScript('deaf', `process.on('SIGINT', () => {}); console.log('listening'); ${STAY}`)
  const parent = spawn(process.execPath, [script], { detached: true, stdio: ['ignore', 'pipe', 'inherit'] })
  const [pid] = await once(parent.stdout, 'data')
  const child = Number(pid)
  // Also where the wait below is ended by the limit of the test.
  onTestFinished(() => {
    if (isAlive(child)) process.kill(child, 'SIGKILL')
  })
  const log = path.join(folder, 'deaf.log')
  await until(() => existsSync(log) && readFileSync(log, 'utf8') === 'listening\n')
  const ended = once(parent, 'exit')
  process.kill(-(parent.pid ?? 0), 'SIGINT')
  expect(await ended).toEqual([null, 'SIGINT'])
  await until(() => !isAlive(child))
})
