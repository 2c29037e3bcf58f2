import { expect, test } from 'vitest'
import { readCommandLine } from './command-line.ts'
import { tooFewConnections } from './connections.ts'

test('without options: one instance of each, servers that are found, data of the demo', () => {
  expect(readCommandLine([])).toEqual({
    instances: 1,
    routerPort: 4000,
    gatewayPort: 4051,
    postgres: undefined,
    nats: undefined,
    isPrivate: false,
    dataDir: '.data/stack',
    size: null,
    speed: 1,
    fresh: false,
  })
})

test('options are parsed', () => {
  const args = '--instances 8 --postgres postgresql://me@db/postgres --nats nats://bus:4222 --fresh'.split(
    ' ',
  )
  expect(readCommandLine(args)).toMatchObject({
    instances: 8,
    postgres: 'postgresql://me@db/postgres',
    nats: 'nats://bus:4222',
    fresh: true,
  })
  const places = '--port 1 --gateway-port 0 --data x --size tiny --speed 60 --private'.split(' ')
  expect(readCommandLine(places)).toMatchObject({
    ...{ routerPort: 1, gatewayPort: 0, dataDir: 'x', size: 'tiny', speed: 60, isPrivate: true },
  })
  const postgres = 'postgres://me@db/postgres'
  expect(readCommandLine(['--postgres', postgres])).toMatchObject({ postgres })
  expect(readCommandLine(['--help'])).toBeNull()
})

test.each([
  [['--instances', '9'], '--instances is "9": allowed is a whole number from 1 to 8'],
  [['--instances', '0'], '--instances is "0": allowed'],
  [['--instances', 'two'], '--instances is "two": allowed'],
  [['--postgres', 'localhost'], '--postgres is "localhost": allowed is postgresql://user@host:port/database'],
  [['--nats', 'http://bus'], '--nats is "http://bus": allowed is nats://host:port'],
  [['--nats', 'natsx://bus'], '--nats is "natsx://bus": allowed is nats://host:port'],
  [['--private', '--nats', 'nats://bus'], '--private cannot be combined with --postgres or --nats'],
  [
    ['--private', '--postgres', 'postgresql://db/x'],
    '--private cannot be combined with --postgres or --nats',
  ],
  [['--gateway-port', '70000'], '--gateway-port is "70000": allowed'],
  [['--port', '70000'], '--port is "70000": allowed'],
  [['--speed', '0'], '--speed is "0": allowed'],
  [['--size', 'huge'], '--size is "huge": allowed'],
  [['--instance', '2'], 'there are --instances, --port'],
])('%j is refused', (args, message) => {
  expect(() => readCommandLine(args)).toThrow(message)
})

test('a server that allows fewer connections than the processes may open is reported', () => {
  expect(tooFewConnections(140, 24)).toBeNull()
  expect(tooFewConnections(139, 24)).toBe(
    'PostgreSQL allows 139 connections, and 24 processes may open 140: set max_connections to 140, or take --private',
  )
})
