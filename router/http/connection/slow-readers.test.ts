import { EventEmitter } from 'node:events'
import type { Server, ServerResponse } from 'node:http'
import { expect, test } from 'vitest'
import { openLog } from '../../telemetry/log.ts'
import { sending } from './slow-readers.ts'

/** Responses to one address with `bytes` unsent bytes. */
function aServer(unsent: { total: number; address: number }) {
  const limits = { send: 1_000, unsent }
  const sent = sending(new EventEmitter() as Server, limits, () => '192.0.2.1', openLog('silent'))
  return (bytes: number) => {
    const socket = {
      writableLength: bytes,
      destroyed: false,
      setTimeout() {},
      destroy() {
        socket.destroyed = true
      },
    }
    // The parts of a response that are read.
    const response = Object.assign(new EventEmitter(), { socket }) as unknown as ServerResponse
    sent(response)
    response.emit('prefinish')
    return { response, socket }
  }
}

test.each(['address', 'total'])(
  'what a client has taken counts no more within the bound of the %s',
  (bound) => {
    const answer = aServer({ address: 1_000, total: 1_000, [bound]: 100 })
    const waiting = answer(10)
    const taken = answer(40)
    taken.response.emit('close')
    const next = answer(60)
    expect([waiting.socket.destroyed, next.socket.destroyed]).toEqual([false, false])
    expect(answer(61).socket.destroyed).toBe(true)
  },
)
