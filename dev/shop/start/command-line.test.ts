import { describe, expect, test } from 'vitest'
import { HELP, readCommandLine } from './command-line.ts'
import { ShopFailure } from './failure.ts'

test('without options the shop runs as the README describes', () => {
  expect(readCommandLine([])).toEqual({
    dataDir: '.data',
    host: '127.0.0.1',
    ports: { router: 4000, subgraphPortBase: 4001 },
    size: null,
    speed: 1,
    fresh: false,
    corsOrigins: [],
    watch: false,
  })
})

test('every option is parsed', () => {
  const args = [
    '--port',
    '0',
    '--subgraph-port-base',
    '65484',
    '--host',
    '0.0.0.0',
    '--data',
    'x',
    '--size',
    'none',
  ]
  expect(
    readCommandLine([
      ...args,
      '--cors',
      'http://a.example',
      '--cors',
      'http://b.example',
      '--speed',
      '3600',
      '--watch',
      '--fresh',
    ]),
  ).toEqual({
    dataDir: 'x',
    host: '0.0.0.0',
    ports: { router: 0, subgraphPortBase: 65_484 },
    size: 'none',
    speed: 3_600,
    fresh: true,
    corsOrigins: ['http://a.example', 'http://b.example'],
    watch: true,
  })
})

describe('an invalid value is refused with the allowed ones', () => {
  test.each([
    [['--port', '65531'], '--port is "65531": allowed is a whole number from 0 to 65530'],
    [['--port', '80a'], '--port is "80a": allowed'],
    [['--subgraph-port-base', '65485'], 'allowed is a whole number from 0 to 65484'],
    [['--subgraph-port-base', '-1'], 'subgraph-port-base'],
    [['--speed', '0'], '--speed is "0": allowed is a whole number from 1 to 3600'],
    [['--speed', '3601'], '--speed is "3601": allowed'],
    [['--size', 'huge'], '--size is "huge": allowed are '],
    [['--ports', '1'], "Unknown option '--ports': there are --port, --subgraph-port-base, "],
    [['dev'], "Unexpected argument 'dev'"],
  ])('%j', (args, message) => {
    expect(() => readCommandLine(args)).toThrow(ShopFailure)
    expect(() => readCommandLine(args)).toThrow(message)
  })
})

test('help names every option', () => {
  expect(readCommandLine(['--help', '--fresh'])).toBeNull()
  for (const name of ['port', 'host', 'data', 'size', 'cors', 'watch', 'speed', 'fresh', 'help'])
    expect(HELP).toContain(`  --${name} `)
})
