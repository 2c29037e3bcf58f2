import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { watchParent } from './watchdog.ts'

test('when its parent ends, a server is stopped, and its socket folder removed', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'argyle-watched-'))
  const server = spawn('sleep', ['600'])
  const ended = once(server, 'exit')
  const watchdog = watchParent(server.pid ?? 0, folder, undefined)
  const over = once(watchdog, 'exit')
  watchdog.stdin?.end()
  expect(await ended).toEqual([null, 'SIGINT'])
  await over
  expect(existsSync(folder)).toBe(false)
})
