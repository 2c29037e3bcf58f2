import { expect, test } from 'vitest'
import { parseSettings } from '../settings.ts'
import { testLog } from '../testing/router.ts'
import { subgraphHealth } from './subgraph-health.ts'

test('the health of a subgraph is kept at its URL, and another place begins anew', () => {
  const { fetching } = parseSettings({ fetching: { breaker: { failures: 1 } } }, 'a test')
  const { log, logged } = testLog()
  const healthOf = subgraphHealth(fetching, log, () => 0)
  const place = new URL('http://a.test/graphql')
  healthOf('orders', place).breaker.attempt()?.('ill')
  expect(healthOf('orders', new URL(place)).breaker.state()).toBe('open')
  expect(healthOf('orders', new URL('http://b.test/graphql')).breaker.state()).toBe('closed')
  expect(healthOf('users', place).breaker.state()).toBe('closed')
  expect(logged.map((line) => JSON.parse(line))).toMatchObject([
    { level: 40, msg: 'the circuit breaker of a subgraph changed', subgraph: 'orders', state: 'open' },
  ])
})
