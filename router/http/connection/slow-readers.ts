import type { Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { RouterSettings } from '../../settings.ts'
import type { Log } from '../../telemetry/log.ts'
import { logBursts } from '../../telemetry/log-burst.ts'
import { type ByteBudget, byteBudget } from './byte-budget.ts'
import type { AddressOf } from './client-address.ts'

/**
 * Ends the connections of clients that do not read their answers: after `limits.send` without progress, or as
 * soon as the unsent bytes exceed `limits.unsent`, those with the most first.
 * @param addressOf identifies a client; null: its bytes count only towards the limit of all clients.
 * @returns called with each response before it is answered.
 */
export function sending(
  server: Server,
  { send, unsent }: Pick<RouterSettings['limits'], 'send' | 'unsent'>,
  addressOf: AddressOf,
  log: Log,
): (response: ServerResponse) => void {
  const slow = new Set<Socket>()
  const everybody = byteBudget(unsent.total)
  const rooms = new Map<string, { readonly room: ByteBudget; holders: number }>()
  const tell = logBursts(log, 'a client does not read its response: its connection is closed')
  const cut = (socket: Socket, reason: string) => {
    tell({ reason })
    socket.destroy()
  }
  server.on('timeout', (socket: Socket) => {
    if (slow.has(socket)) cut(socket, 'limits.send')
    // An idle connection.
    else socket.destroy()
  })

  const hold = (response: ServerResponse, socket: Socket, bytes: number) => {
    slow.add(socket)
    // Node counts bytes that the kernel takes as progress. When the answer is sent it sets the time of idle connections again.
    socket.setTimeout(send)
    const address = addressOf(socket)
    const own =
      address === null ? null : (rooms.get(address) ?? { room: byteBudget(unsent.address), holders: 0 })
    if (address !== null && own) rooms.set(address, own)
    const holder = { giveUp: () => cut(socket, 'limits.unsent') }
    if (own) own.holders++
    response.once('close', () => {
      slow.delete(socket)
      everybody.leave(holder)
      own?.room.leave(holder)
      if (address !== null && own && --own.holders === 0) rooms.delete(address)
    })
    own?.room.hold(holder, bytes)
    if (!socket.destroyed) everybody.hold(holder, bytes)
  }
  return (response) => {
    // Emitted once the whole answer is written: what the kernel did not take of it is what the socket holds.
    response.once('prefinish', () => {
      const { socket } = response
      if (socket && socket.writableLength > 0) hold(response, socket, socket.writableLength)
    })
  }
}
