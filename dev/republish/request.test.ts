import { describe, expect, test } from 'vitest'
import { readRequest } from './request.ts'

test('an owner, a recipient and a time', () => {
  expect(readRequest(['products', '--to', 'search', '--since', '2026-11-21T00:00:00Z'])).toEqual({
    owner: 'products',
    recipient: 'search',
    since: new Date('2026-11-21T00:00:00Z'),
    dataDir: '.data',
  })
})

test('another data folder; without a time, all events', () => {
  expect(readRequest(['products', '--to', 'search', '--data', '/tmp/shop'])).toMatchObject({
    since: null,
    dataDir: '/tmp/shop',
  })
})

describe('refuses, and says what is allowed:', () => {
  test.each([
    [['nobody', '--to', 'search'], /OWNER is "nobody", no subgraph: allowed is users, products/],
    [['products'], /--to is missing: allowed is users, products/],
    [['products', '--to', 'products'], /--to is "products", which is OWNER: allowed is any other/],
    [['products', '--to', 'nobody'], /--to is "nobody", no subgraph: allowed is users, products/],
    [['products', 'more', '--to', 'search'], /"more" is unexpected/],
    [
      ['products', '--to', 'search', '--since', 'yesterday'],
      /--since is "yesterday": allowed is an RFC 3339/,
    ],
    [['products', '--what'], /there are --to, --since, --data and --help/],
  ])('%j', (args, message) => {
    expect(() => readRequest(args)).toThrow(message)
  })
})

test.each([[[]], [['--help']]])('help for %j', (args) => {
  expect(readRequest(args)).toBeNull()
})
