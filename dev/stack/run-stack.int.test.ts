import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { programEnvironment } from '@argyle/kit/testing/own-process'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { root } from '../repository.ts'
import { outputOf } from '../shop/testing/process-output.ts'
import { HELP } from './command-line.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'argyle-run-stack-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** Runs `npm run stack` until it ends. */
async function run(...args: string[]): Promise<{ code: number | null; output: string }> {
  const all = ['dev/stack.ts', '--data', path.join(folder, 'data'), ...args]
  const env = programEnvironment()
  const { ended, text } = outputOf(spawn(process.execPath, all, { cwd: root, env, stdio: 'pipe' }))
  return { code: await ended, output: text() }
}

test('help is printed', async () => {
  expect(await run('--help')).toEqual({ code: 0, output: `${HELP}\n` })
})

test.each(['--port', '--gateway-port'])(
  'a taken %s is reported in one line, before anything starts',
  async (option) => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    // A server that listens has an address object.
    const { port } = server.address() as AddressInfo
    const others = ['--port', '--gateway-port']
      .filter((name) => name !== option)
      .flatMap((name) => [name, '0'])
    const { code, output } = await run('--private', option, String(port), ...others)
    await once(server.close(), 'close')
    const owner = option === '--port' ? 'router' : 'sandbox gateway'
    expect([code, output]).toEqual([
      1,
      `port ${port} (${owner}) is in use: stop the program that listens there, or choose another with ${option}\n`,
    ])
    expect(existsSync(path.join(folder, 'data'))).toBe(false)
  },
)
