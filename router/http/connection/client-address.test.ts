import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { expect, test } from 'vitest'
import { clientAddress, connectionAddress, networkOf } from './client-address.ts'

test.each([
  ['203.0.113.7', '203.0.113.7'],
  ['::ffff:203.0.113.7', '203.0.113.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
  ['2001:db8:1:2::9', '2001:db8:1:2'],
  ['2001:db8::9', '2001:db8:0:0'],
  ['2001::2:3:4:5:6:7', '2001:0:2:3'],
  ['fe80::1%eth0', 'fe80:0:0:0'],
  ['::1', '0:0:0:0'],
])('%s counts as %s', (address, network) => {
  expect(networkOf(address)).toBe(network)
})

test('behind a proxy, and on a closed connection, a client has no address of its connection', () => {
  const socket = Object.defineProperty(new Socket(), 'remoteAddress', { value: '203.0.113.7' })
  expect(connectionAddress(0)(socket)).toBe('203.0.113.7')
  expect(connectionAddress(1)(socket)).toBeNull()
  expect(connectionAddress(0)(new Socket())).toBeNull()
})

const PEER = '10.0.0.1'

test.each([
  [0, '203.0.113.1', PEER],
  [1, undefined, PEER],
  [1, '203.0.113.1', '203.0.113.1'],
  [1, '198.51.100.9, 203.0.113.1', '203.0.113.1'],
  [2, '198.51.100.9, 203.0.113.1, 10.0.0.2', '203.0.113.1'],
  [2, '198.51.100.9,203.0.113.1 , 10.0.0.2', '203.0.113.1'],
  [3, '203.0.113.1, 10.0.0.2', '203.0.113.1'],
  [1, '203.0.113.1, unknown', PEER],
  [1, '2001:db8::7', '2001:db8::7'],
])('behind %d proxies, x-forwarded-for %j is of the client %s', (proxies, forwarded, address) => {
  const request = new IncomingMessage(new Socket())
  Object.defineProperty(request.socket, 'remoteAddress', { value: PEER })
  if (forwarded !== undefined) request.headers['x-forwarded-for'] = forwarded
  expect(clientAddress(request, proxies)).toBe(address)
})
