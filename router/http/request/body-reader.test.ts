import type { IncomingMessage } from 'node:http'
import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { receiving } from './body-reader.ts'

/** A body that a test sends piece by piece. */
function newRequest(headers: IncomingMessage['headers'] = {}): IncomingMessage & PassThrough {
  // Only the headers and the stream of a request are used.
  return Object.assign(new PassThrough(), { headers }) as unknown as IncomingMessage & PassThrough
}

test('a body is the same however it is cut', async () => {
  const { collect } = receiving(10_000)
  const sent = Buffer.from(Array.from({ length: 6_000 }, (_, index) => index % 251))
  for (const size of [60, 61, 4_096, 6_000]) {
    for (const headers of [{}, { 'content-length': '6000' }]) {
      const request = newRequest(headers)
      const collected = collect(request, 6_000)
      for (let start = 0; start < sent.length; start += size)
        request.write(sent.subarray(start, start + size))
      request.end()
      expect(sent.equals((await collected) as Buffer)).toBe(true)
    }
  }
})

test('a body of the limit is taken, one byte more is not', async () => {
  const { collect } = receiving(10_000)
  const [fits, exceeds] = [newRequest(), newRequest()]
  const collected = [collect(fits, 5_000), collect(exceeds, 5_000)]
  fits.end(Buffer.alloc(5_000))
  exceeds.write(Buffer.alloc(2_500))
  exceeds.write(Buffer.alloc(2_501))
  expect(await collected[0]).toHaveLength(5_000)
  expect(await collected[1]).toBe('too-large')
  // The rest of it is dropped.
  expect(exceeds.push(Buffer.alloc(1))).toBe(false)
})

test('bodies that were received take no room of later ones', async () => {
  const { collect } = receiving(30_000)
  for (const size of [12_000, 12_000, 20_000]) {
    const request = newRequest()
    request.end(Buffer.alloc(size))
    expect(await collect(request, 20_000)).toHaveLength(size)
  }
})

test('a thousand pieces of a byte are taken, and for each 64 bytes one more', async () => {
  const { collect } = receiving(1_000_000)
  const [few, many] = [newRequest(), newRequest()]
  const collected = [collect(few, 1_000_000), collect(many, 1_000_000)]
  for (const [request, count] of [
    [few, 1_015],
    [many, 1_016],
  ] as const) {
    for (let piece = 0; piece < count; piece++) {
      request.write('x')
      await new Promise(setImmediate)
    }
    request.end()
  }
  expect(await collected[0]).toHaveLength(1_015)
  expect(await collected[1]).toBe('too-many-pieces')
})

test('a body that has arrived, or was refused, takes no room any more', async () => {
  const { collect } = receiving(30_000)
  for (let time = 0; time < 3; time++) {
    const [whole, large, broken] = [newRequest(), newRequest(), newRequest()]
    const collected = [collect(whole, 20_000), collect(large, 5_000), collect(broken, 20_000)]
    whole.end(Buffer.alloc(12_000))
    large.write(Buffer.alloc(5_000))
    large.end(Buffer.alloc(1))
    broken.write(Buffer.alloc(12_000), () => broken.destroy())
    const [first, ...others] = await Promise.all(collected)
    expect([first?.length, ...others]).toEqual([12_000, 'too-large', 'aborted'])
  }
})

test('past the bound of all bodies the longest gives way, and its room is free again', async () => {
  const { collect } = receiving(30_000)
  const requests = [newRequest(), newRequest(), newRequest(), newRequest()]
  const collected = requests.map((request) => collect(request, 20_000))
  requests[0]?.write(Buffer.alloc(8_000))
  requests[1]?.write(Buffer.alloc(16_000))
  await new Promise(setImmediate)
  requests[2]?.write(Buffer.alloc(8_000))
  expect(await collected[1]).toBe('crowded-out')
  requests[3]?.end(Buffer.alloc(12_000))
  expect(await collected[3]).toHaveLength(12_000)
  requests[0]?.end()
  requests[2]?.end()
  expect((await Promise.all([collected[0], collected[2]])).map((body) => body?.length)).toEqual([
    8_000, 8_000,
  ])
})
