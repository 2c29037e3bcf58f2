import { randomBytes } from 'node:crypto'
import { type TestDatabase, testDatabase } from '@argyle/kit/testing/database'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freePorts } from '../../stack/free-ports.ts'
import { healthOf } from '../../stack/health.ts'
import { terminalLog } from '../terminal/log.ts'
import { eventBusOf } from './event-bus.ts'
import { type RunningSubgraph, startSubgraph } from './running-subgraph.ts'
import { subgraphSettings } from './subgraph-settings.ts'
import { importSubgraph } from './subgraphs.ts'

const secret = () => randomBytes(32).toString('base64url')

let database: TestDatabase
let subgraph: RunningSubgraph
/** How each served definition opens, in order. */
const served: unknown[] = []
beforeAll(async () => {
  database = await testDatabase('reviews')
  const definition = await importSubgraph('reviews')
  // It comes back to its port, which no outgoing connection of another process takes meanwhile.
  const [port = 0] = await freePorts(1)
  const secrets = { internalTokenMasterKey: secret(), signingKeySecret: secret() }
  subgraph = await startSubgraph(definition, {
    settings: subgraphSettings('reviews', secrets, { host: '127.0.0.1', port, databaseUrl: database.url }),
    bus: eventBusOf(new Map([['reviews', definition]])),
    log: terminalLog('reviews', () => {}),
    use: ({ open }) => void served.push(open),
    renew: async () => definition,
  })
})
afterAll(async () => {
  await subgraph?.stop()
  await database?.drop()
})

const health = () => healthOf(subgraph.port, 45_000)

test('new code that does not start leaves the old code serving, on the same port', async () => {
  const definition = await importSubgraph('reviews')
  served.length = 0
  const open = () => Promise.reject(new Error('it does not open'))
  await expect(subgraph.replace({ ...definition, open })).rejects.toThrow('it does not open')
  expect([subgraph.isRunning(), await health()]).toEqual([true, 'ready'])
  expect(served).toEqual([open, definition.open])
})

test('a subgraph that is stopped during its start is stopped, and new code does not start it', async () => {
  await subgraph.stop()
  const [started, stopped] = [subgraph.start(), subgraph.stop()]
  await Promise.all([started, stopped])
  expect([subgraph.isRunning(), await health()]).toEqual([false, 'silent'])
  await subgraph.replace(await importSubgraph('reviews'))
  expect(subgraph.isRunning()).toBe(false)
  await subgraph.start()
  await subgraph.start()
  expect([subgraph.isRunning(), await health()]).toEqual([true, 'ready'])
})
