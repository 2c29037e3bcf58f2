import { expect, test } from 'vitest'
import { readCommandLine } from './command-line.ts'

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

test('options are taken', () => {
  const args = '--instances 8 --postgres postgresql://me@db/postgres --nats nats://bus:4222 --fresh'.split(
    ' ',
  )
  expect(readCommandLine(args)).toMatchObject({
    instances: 8,
    postgres: 'postgresql://me@db/postgres',
    nats: 'nats://bus:4222',
    fresh: true,
  })
  expect(readCommandLine(['--help'])).toBeNull()
})

test.each([
  [['--instances', '9'], '--instances "9" is no number of processes: allowed is a whole number from 1 to 8'],
  [['--instances', '0'], '--instances "0" is no number of processes'],
  [['--instances', 'two'], '--instances "two" is no number of processes'],
  [
    ['--postgres', 'localhost'],
    '--postgres "localhost" is no such URL: allowed is postgresql://user@host:port/database',
  ],
  [['--nats', 'http://bus'], '--nats "http://bus" is no such URL: allowed is nats://host:port'],
  [['--private', '--nats', 'nats://bus'], '--private goes without --postgres and --nats'],
  [['--port', '70000'], '--port "70000" is no port'],
  [['--speed', '0'], '--speed "0" is no speed'],
  [['--size', 'huge'], '--size "huge" is not known'],
  [['--instance', '2'], 'there are --instances, --port'],
])('%j is refused', (args, message) => {
  expect(() => readCommandLine(args)).toThrow(message)
})
