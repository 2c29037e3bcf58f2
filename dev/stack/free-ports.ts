import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import { ShopFailure } from '../shop/start/failure.ts'

/** Below the ports that Linux (from 32768) and macOS (from 49152) give to outgoing connections, which would take the port of a process that starts again. */
const FIRST = 20_000
const LAST = 32_000

/**
 * TCP ports of 127.0.0.1 that are free now, all different.
 * @param start the port that is tried first
 * @throws ShopFailure if there are too few
 */
export async function freePorts(count: number, start = randomInt(FIRST, LAST)): Promise<number[]> {
  const servers = new Map<number, Server>()
  for (let tried = 0; servers.size < count && tried < LAST - FIRST; tried++) {
    const port = FIRST + ((start - FIRST + tried) % (LAST - FIRST))
    const server = createServer().listen(port, '127.0.0.1')
    const isFree = await once(server, 'listening').then(
      () => true,
      () => false,
    )
    if (isFree) servers.set(port, server)
  }
  await Promise.all([...servers.values()].map((server) => once(server.close(), 'close')))
  if (servers.size < count)
    throw new ShopFailure(
      `only ${servers.size} of the ${count} ports needed from ${FIRST} to ${LAST} are free`,
    )
  return [...servers.keys()]
}
