import { Socket } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import { beforeEach, describe, expect, test } from 'vitest'
import { connectionQueues } from './connection-queues.ts'

const { enter, leave } = connectionQueues()
let socket: Socket
/** Outcomes of the requests, in order. */
let outcomes: string[]

beforeEach(() => {
  socket = new Socket()
  outcomes = []
})

function send(...names: string[]): void {
  for (const name of names) {
    enter(socket, {
      start: () => void outcomes.push(`${name} started`),
      drop: () => void outcomes.push(`${name} dropped`),
    })
  }
}

const numbered = (count: number) => Array.from({ length: count }, (_, index) => `request ${index + 1}`)

describe('the requests of a connection', () => {
  test('run one after the other, each in a later turn than the previous one', async () => {
    send('a', 'b', 'c')
    expect(outcomes).toEqual(['a started'])
    leave(socket)
    expect(outcomes).toEqual(['a started'])
    await turn()
    expect(outcomes).toEqual(['a started', 'b started'])
    leave(socket)
    await turn()
    send('d')
    expect(outcomes).toEqual(['a started', 'b started', 'c started'])
    leave(socket)
    await turn()
    leave(socket)
    send('e')
    expect(outcomes).toEqual(['a', 'b', 'c', 'd', 'e'].map((name) => `${name} started`))
  })

  test('do not wait for those of another connection', () => {
    send('a')
    socket = new Socket()
    send('b')
    expect(outcomes).toEqual(['a started', 'b started'])
  })

  test('are dropped when it closes while they wait', async () => {
    send('a', 'b', 'c')
    const closed = new Promise((resolve) => socket.once('close', resolve))
    socket.destroy()
    await closed
    expect(outcomes).toEqual(['a started', 'b dropped', 'c dropped'])
  })

  test('are dropped when it is destroyed just before their turn', async () => {
    send('a', 'b')
    leave(socket)
    socket.destroy()
    await turn()
    expect(outcomes).toEqual(['a started', 'b dropped'])
  })
})

describe('a connection', () => {
  test('is read until sixteen requests wait, and again once there is room', async () => {
    send(...numbered(16))
    expect(socket.isPaused()).toBe(false)
    send('request 17')
    expect(socket.isPaused()).toBe(true)
    // One read brings several.
    send('request 18')
    leave(socket)
    await turn()
    expect(socket.isPaused()).toBe(true)
    leave(socket)
    expect(socket.isPaused()).toBe(false)
    await turn()
    expect(socket.isPaused()).toBe(false)
    expect(outcomes).toEqual([1, 2, 3].map((number) => `request ${number} started`))
  })

  // node:http does so when the body of a request is read.
  test('that another part reads again while the queue is full is paused again', async () => {
    send(...numbered(17))
    socket.resume()
    await turn()
    expect(socket.isPaused()).toBe(true)
  })

  test('that has room is read on when another part asks for it', async () => {
    send('a', 'b')
    socket.pause()
    socket.resume()
    await turn()
    expect(socket.isPaused()).toBe(false)
  })
})
