import { createServer } from 'node:net'
import { ShopFailure } from './failure.ts'

/** One port that the shop wants, for whom, and the option that chooses another. */
export type WantedPort = { readonly port: number; readonly owner: string; readonly option: string }

/**
 * Tries all ports before anything starts, so that a taken one costs a line and not half a shop.
 * @throws ShopFailure that names every port in the way
 */
export async function requireFreePorts(host: string, wanted: readonly WantedPort[]): Promise<void> {
  const faults = await Promise.all(wanted.filter(({ port }) => port !== 0).map((want) => faultOf(host, want)))
  const [first, ...more] = faults.filter((fault) => fault !== null)
  if (first) throw new ShopFailure([first, ...more].join('; '))
}

function faultOf(host: string, { port, owner, option }: WantedPort): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) =>
      resolve(lineOf(error, { host, port, owner, option })),
    )
    server.listen({ port, host }, () => server.close(() => resolve(null)))
  })
}

function lineOf({ code, message }: NodeJS.ErrnoException, want: WantedPort & { host: string }): string {
  const { host, port, owner, option } = want
  switch (code) {
    case 'EADDRINUSE':
      return `port ${port} (for ${owner}) is in use: stop the program that listens there, or choose another with ${option}`
    case 'EACCES':
      return `no permission to listen on port ${port} (for ${owner}): choose one above 1023 with ${option}`
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `${host} is no address of this machine: choose another with --host, such as 127.0.0.1`
    default:
      return `cannot listen on ${host}:${port} (for ${owner}): ${message}`
  }
}
