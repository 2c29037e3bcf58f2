import { expect, test } from 'vitest'
import { type Durability, serverSettings } from './settings.ts'

const settingsOf = (durability: Durability) => {
  const args = serverSettings(durability, 5_433, '/tmp/sockets')
  expect(args.filter((_, place) => place % 2 === 0).every((arg) => arg === '-c')).toBe(true)
  return Object.fromEntries(args.filter((_, place) => place % 2 === 1).map((arg) => arg.split('=')))
}

test.each([
  ['kept', { fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on' }],
  // A commit that is acknowledged survives the server, though not the machine.
  ['killable', { fsync: 'off', synchronous_commit: 'on', full_page_writes: 'on' }],
  ['scratch', { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }],
] as const)('a server of durability %s writes as its rows need', (durability, expected) => {
  expect(settingsOf(durability)).toMatchObject(expected)
})

test('only a server whose data is deleted at the end does without autovacuum', () => {
  const of = (durability: Durability) => settingsOf(durability).autovacuum
  expect([of('kept'), of('killable'), of('scratch')]).toEqual([undefined, undefined, 'off'])
})

test('a server listens on this machine alone, at its port and in its socket folder', () => {
  expect(settingsOf('kept')).toMatchObject({
    ...{ listen_addresses: '127.0.0.1', port: '5433', unix_socket_directories: '/tmp/sockets' },
    ...{ timezone: 'UTC', max_connections: '160' },
  })
})
