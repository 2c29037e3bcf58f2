import { expect, test } from 'vitest'
import { ShopFailure } from '../shop/start/failure.ts'
import { SUBGRAPH_NAMES } from '../shop/subgraphs/subgraphs.ts'
import { readRequest } from './request.ts'

test.each([
  ['orders', { subgraph: 'orders', dataDir: '.data', action: { kind: 'list' } }],
  ['orders list --data x', { subgraph: 'orders', dataDir: 'x', action: { kind: 'list' } }],
  ['orders replay', { subgraph: 'orders', dataDir: '.data', action: { kind: 'replay', eventId: null } }],
  [
    'users replay evt_1',
    { subgraph: 'users', dataDir: '.data', action: { kind: 'replay', eventId: 'evt_1' } },
  ],
  ['orders --help', null],
])('%s is read', (line, expected) => {
  expect(readRequest(line.split(' '))).toEqual(expected)
})

test('without arguments the help is printed', () => {
  expect(readRequest([])).toBeNull()
})

test.each([
  ['odrers', `"odrers" is not a subgraph: allowed is ${SUBGRAPH_NAMES.join(', ')}`],
  ['orders drop', '"drop" is not known: allowed is list, replay, or replay EVENT'],
  ['orders list evt_1', '"list evt_1" is not known: allowed is list, replay, or replay EVENT'],
  [
    'orders replay evt_1 evt_2',
    '"replay evt_1 evt_2" is not known: allowed is list, replay, or replay EVENT',
  ],
  ['orders --all', "Unknown option '--all': there are --data and --help"],
])('%s is refused with what is allowed', (line, message) => {
  expect(() => readRequest(line.split(' '))).toThrow(new ShopFailure(message))
})
