import { expect, test } from 'vitest'
import { RequestFailed, WrongAnswer } from '../shop/graphql.ts'
import { closedLoop } from './closed-loop.ts'

const { signal } = new AbortController()
const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

test('does as much as asked, never more at once than there are connections', async () => {
  let now = 0
  let most = 0
  const work = async () => {
    most = Math.max(most, ++now)
    await turn()
    now--
  }
  const load = await closedLoop({ connections: 3, until: { count: 10 }, work, signal })
  expect(load.latenciesMs).toHaveLength(10)
  expect(load.failures).toEqual([])
  expect(most).toBe(3)
})

test('failed requests are counted beside the others', async () => {
  let done = 0
  const work = async () => {
    if (++done % 4 === 0) throw new RequestFailed('HTTP 503')
  }
  const load = await closedLoop({ connections: 1, until: { count: 8 }, work, signal })
  expect(load.latenciesMs).toHaveLength(6)
  expect(load.failures).toEqual(['HTTP 503', 'HTTP 503'])
})

test('a wrong answer ends it all', async () => {
  const work = async () => {
    throw new WrongAnswer('2 of 3 variants')
  }
  await expect(closedLoop({ connections: 2, until: { count: 5 }, work, signal })).rejects.toThrow(
    '2 of 3 variants',
  )
})

test('stops when its signal is aborted', async () => {
  const stop = new AbortController()
  const work = async () => {
    stop.abort(new Error('enough'))
    await turn()
  }
  await expect(
    closedLoop({ connections: 1, until: { seconds: 3600 }, work, signal: stop.signal }),
  ).rejects.toThrow('enough')
})
