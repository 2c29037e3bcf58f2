import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { TURN_PROBE, watched } from './watched-process.ts'

/** Works for 200 ms of CPU time in one turn on a message `{ work }`, and says so in a later turn. */
const WORKER = `
  setInterval(() => {}, 1_000)
  const micros = () => {
    const { user, system } = process.threadCpuUsage()
    return user + system
  }
  process.on('message', ({ work }) => {
    if (!work) return
    const end = micros() + 200_000
    while (micros() < end);
    setImmediate(() => process.send({ done: true }))
  })`

test('turns before watch() are forgotten', async () => {
  const node = ['--expose-gc', '--import', TURN_PROBE, '--eval', WORKER]
  const child = spawn(process.execPath, node, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  try {
    const { watch, observe } = watched(child)
    await watch()
    const done = new Promise<void>((resolve) => {
      child.on('message', (message) => 'done' in Object(message) && resolve())
    })
    child.send({ work: true })
    await done
    const busy = await observe()
    await watch()
    const idle = await observe()
    expect(idle.longestTurn).toBeLessThan(busy.longestTurn)
  } finally {
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
  }
})
