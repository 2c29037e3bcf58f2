import { expect, test } from 'vitest'
import { SUBGRAPH_NAMES } from '../subgraphs/subgraphs.ts'
import { HELP, readAloneCommand } from './alone-command.ts'
import { ShopFailure } from './failure.ts'

test('a subgraph listens on its port in the whole shop, and has the data of the shop', () => {
  const ports = SUBGRAPH_NAMES.map((name) => readAloneCommand([name])?.port)
  expect(ports).toEqual(SUBGRAPH_NAMES.map((_, place) => 4_001 + place))
  expect(readAloneCommand(['products'])).toEqual({
    ...{ name: 'products', host: '127.0.0.1', port: 4_002, dataDir: '.data' },
  })
})

test('options are parsed, before or after the name', () => {
  const options = ['--port', '0', '--host', '0.0.0.0', '--data', 'x']
  const expected = { name: 'users', host: '0.0.0.0', port: 0, dataDir: 'x' }
  expect(readAloneCommand([...options, 'users'])).toEqual(expected)
  expect(readAloneCommand(['users', ...options])).toEqual(expected)
})

test('help names every option and subgraph', () => {
  expect(readAloneCommand(['--help'])).toBeNull()
  for (const name of ['--port N', '--host ADDRESS', '--data FOLDER', '--help', ...SUBGRAPH_NAMES])
    expect(HELP).toContain(name)
})

test.each([
  [[], 'NAME is missing: allowed is one of users, products, '],
  [['sock'], '"sock" is not a subgraph: run npm run subgraph -- NAME, where NAME is one of users, '],
  [['users', 'orders'], '"users orders" is not a subgraph'],
  [['users', '--port', '70000'], '--port is "70000": allowed is a whole number from 0 to 65530'],
  [['users', '--size', 'tiny'], "Unknown option '--size': there are --port, --host, --data and --help"],
])('%j is refused with what is allowed', (args, message) => {
  expect(() => readAloneCommand(args)).toThrow(ShopFailure)
  expect(() => readAloneCommand(args)).toThrow(message)
})
