import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { testLog } from '../../testing/router.ts'
import { admitRequests } from './admit-requests.ts'

let server: Server
afterEach(() => new Promise((resolve) => server.close(resolve)))

// The server counts its open requests by this event.
test('the response of each request is closed with its connection, also if the request has not begun', async () => {
  const limits = { working: 10, waiting: 10, wait: 1_000 }
  const begun: unknown[] = []
  const closed: unknown[] = []
  const admit = admitRequests(
    limits,
    () => true,
    async ({ url }) => void begun.push(url),
    testLog().log,
  )
  const arrived = Promise.withResolvers<Socket>()
  server = createServer((request, response) => {
    response.once('close', () => closed.push(request.url))
    admit(request, response)
    if (request.url === '/third') arrived.resolve(request.socket)
  }).listen(0)
  await once(server, 'listening')
  const client = connect((server.address() as AddressInfo).port)
  for (const name of ['first', 'second', 'third']) client.write(`GET /${name} HTTP/1.1\r\nhost: x\r\n\r\n`)
  const socket = await arrived.promise
  client.destroy()
  await once(socket, 'close')
  await turn()
  expect(begun).toEqual(['/first'])
  expect(closed.sort()).toEqual(['/first', '/second', '/third'])
})
