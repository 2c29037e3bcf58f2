import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startWatchdog, type Watchdog } from './watchdog.ts'

/** A child that ignores signals to end, like a program that hangs. */
const STUBBORN = ['-c', 'trap "" TERM INT HUP; echo ready; exec sleep 600']

let children: ChildProcess[]
let watchdog: Watchdog
beforeEach(() => {
  children = []
  watchdog = startWatchdog()
})
afterEach(async () => {
  watchdog.close()
  for (const child of children) {
    if (child.exitCode !== null || child.signalCode !== null) continue
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
})

async function child(args = STUBBORN): Promise<ChildProcess & { readonly pid: number }> {
  const started = spawn('/bin/sh', args, { stdio: ['ignore', 'pipe', 'ignore'] })
  children.push(started)
  await once(started.stdout, 'data')
  const { pid } = started
  if (pid === undefined) throw new Error('it did not start')
  return Object.assign(started, { pid })
}

test('watched children are killed when the pipe ends, whatever they ignore; forgotten ones are not', async () => {
  const [forgotten, first, second] = [await child(), await child(), await child()]
  for (const { pid } of [forgotten, first, second]) watchdog.watch(pid)
  watchdog.forget(forgotten.pid)
  const ended = [first, second].map((one) => once(one, 'exit'))
  watchdog.close()
  expect(await Promise.all(ended)).toEqual([
    [null, 'SIGKILL'],
    [null, 'SIGKILL'],
  ])
  expect(forgotten.signalCode).toBeNull()
})
