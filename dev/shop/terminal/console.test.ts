import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import type { Shop } from '../start/start-shop.ts'
import { handleCommand, listenToConsole } from './console.ts'

/** A shop of two subgraphs, of which the second one does not start. */
function shopOfTwo(): Shop {
  const subgraphs = ['users', 'reviews'].map((name, place) => {
    let runs = true
    return {
      ...{ name, url: `http://127.0.0.1:400${place}/graphql`, isRunning: () => runs },
      async stop() {
        runs = false
      },
      async start() {
        if (name === 'reviews') throw new Error('port 4001 is in use')
        runs = true
      },
    }
  })
  // The parts of a shop that commands use.
  return {
    subgraphs,
    subgraph: (name: string) => subgraphs.find((one) => one.name === name),
  } as unknown as Shop
}

test('a typed line stops and starts one subgraph, and the status shows which run', async () => {
  const shop = shopOfTwo()
  expect(await handleCommand(shop, 'stop users')).toBe('users is stopped')
  expect(await handleCommand(shop, 'status')).toBe('users   stopped\nreviews http://localhost:4001/graphql')
  expect(await handleCommand(shop, 'start  users')).toBe('users runs at http://localhost:4000/graphql')
  expect(await handleCommand(shop, 'status')).toContain('users   http://localhost:4000/graphql')
})

test.each([
  ['', /^$/],
  ['help', /^stop NAME .*\nstart NAME .*\nstatus .*\nhelp .*\nwhere NAME is one of users, /],
  ['restart users', /^"restart users" is not known\. There are:\nstop NAME/],
  ['stop users reviews', /^"stop users reviews" is not known/],
  ['stop sock', /^there is no subgraph "sock": there are users, /],
])('the reply to %j does something to no subgraph', async (line, reply) => {
  const shop = shopOfTwo()
  expect(await handleCommand(shop, line)).toMatch(reply)
  expect(shop.subgraphs.map(({ isRunning }) => isRunning())).toEqual([true, true])
})

test('lines are carried out as they are typed, and a failure is reported', async () => {
  const input = new PassThrough()
  const replies: string[] = []
  const replied = Promise.withResolvers<void>()
  const stop = listenToConsole(shopOfTwo(), input, (reply) => {
    replies.push(reply)
    replied.resolve()
  })
  input.write('\n start reviews \n')
  await replied.promise
  expect(replies).toEqual(['that failed: port 4001 is in use'])
  stop()
  input.write('help\n')
  await new Promise(setImmediate)
  expect(replies, 'after the stop').toHaveLength(1)
})
