import type { Socket } from 'node:net'
import type { RouterSettings } from '../../settings.ts'
import type { Log } from '../../telemetry/log.ts'
import { logBursts } from '../../telemetry/log-burst.ts'
import type { AddressOf } from './client-address.ts'

/** The connections of one client, or of all. */
type Pool = {
  readonly limit: number
  open: number
  /** Sockets without a running request, the one that has been idle for longest first. */
  readonly idle: Set<Socket>
}

export type Connections = {
  /** A connection was opened. It is closed at once if there is no room for it. */
  enter(socket: Socket): void
  /** A request on it has arrived. */
  begin(socket: Socket): void
  /** A request on it has ended. */
  rest(socket: Socket): void
}

/**
 * Limits the open connections. Beyond a limit the connection that has been idle for longest makes room for a
 * new one; if none is idle, the new one is closed.
 * @param addressOf identifies a client; null: the connection counts only towards the limit of all clients.
 */
export function connections(
  { total, address: ofAddress }: RouterSettings['limits']['connections'],
  addressOf: AddressOf,
  log: Log,
): Connections {
  const everybody = newPool(total)
  const byAddress = new Map<string, Pool>()
  const members = new WeakMap<Socket, { readonly pools: readonly Pool[]; working: number }>()
  const tell = logBursts(log, 'too many connections are open: some are closed')

  const leave = (socket: Socket) => {
    for (const pool of members.get(socket)?.pools ?? []) {
      pool.open--
      pool.idle.delete(socket)
    }
    members.delete(socket)
  }
  const makeRoom = (pool: Pool): boolean => {
    if (pool.open < pool.limit) return true
    tell({ limit: pool.limit })
    const [longest] = pool.idle
    if (!longest) return false
    leave(longest)
    longest.destroy()
    return true
  }
  return {
    enter(socket) {
      const address = addressOf(socket)
      const own = address === null ? null : (byAddress.get(address) ?? newPool(ofAddress))
      const pools = own ? [own, everybody] : [everybody]
      if (!pools.every(makeRoom)) {
        socket.destroy()
        return
      }
      if (address !== null && own) byAddress.set(address, own)
      members.set(socket, { pools, working: 0 })
      for (const pool of pools) {
        pool.open++
        pool.idle.add(socket)
      }
      socket.once('close', () => {
        leave(socket)
        if (address !== null && own?.open === 0) byAddress.delete(address)
      })
    },
    begin(socket) {
      const member = members.get(socket)
      if (member && member.working++ === 0) for (const { idle } of member.pools) idle.delete(socket)
    },
    rest(socket) {
      const member = members.get(socket)
      if (member && --member.working === 0) for (const { idle } of member.pools) idle.add(socket)
    },
  }
}

function newPool(limit: number): Pool {
  return { limit, open: 0, idle: new Set() }
}
