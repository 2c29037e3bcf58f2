import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { startTestServer } from './http-server.ts'

/** The code of the error of a connection to a port; null if it is accepted. */
function refusal(port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      resolve(null)
      socket.destroy()
    })
    socket.on('error', ({ code = '' }: NodeJS.ErrnoException) => resolve(code))
  })
}

test('a server that pauses refuses connections, and answers again at the same port', async () => {
  const server = await startTestServer((_, response) => response.end('here'))
  const ask = async () => (await fetch(server.origin, { headers: { connection: 'close' } })).text()
  expect(await ask()).toBe('here')
  for (let time = 0; time < 2; time++) {
    await server.pause()
    expect(await refusal(server.port)).toBe('ECONNREFUSED')
    await server.start()
    expect([await refusal(server.port), await ask()]).toEqual([null, 'here'])
  }
  await server.pause()
  await server.stop()
})
