import { createServer } from 'node:net'
import { ShopFailure } from './failure.ts'

/** A port that the shop needs, its user, and the option that changes it. */
export type WantedPort = { readonly port: number; readonly owner: string; readonly option: string }

/**
 * Checks all ports before anything starts, so that a port in use stops nothing half-way.
 * @throws ShopFailure that names every port in use
 */
export async function requireFreePorts(host: string, wanted: readonly WantedPort[]): Promise<void> {
  const tried = wanted.filter(({ port }) => port !== 0).map((want) => tryPort(host, want))
  const faults = (await Promise.all(tried)).filter((fault) => fault !== null)
  const taken = faults.filter(({ code }) => code === 'EADDRINUSE')
  const others = faults.filter(({ code }) => code !== 'EADDRINUSE').map((fault) => lineOf(host, fault))
  const lines = new Set(taken.length > 0 ? [takenLine(taken), ...others] : others)
  if (lines.size > 0) throw new ShopFailure([...lines].join('; '))
}

type Fault = { readonly want: WantedPort; readonly code: string | undefined; readonly message: string }

function tryPort(host: string, want: WantedPort): Promise<Fault | null> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', ({ code, message }: NodeJS.ErrnoException) => resolve({ want, code, message }))
    server.listen({ port: want.port, host }, () => server.close(() => resolve(null)))
  })
}

function takenLine(taken: readonly Fault[]): string {
  const ports = taken.map(({ want }) => `${want.port} (${want.owner})`).join(', ')
  const options = [...new Set(taken.map(({ want }) => want.option))].join(' and ')
  return taken.length === 1
    ? `port ${ports} is in use: stop the program that listens there, or choose another with ${options}`
    : `ports ${ports} are in use: stop what listens there (another shop?), or choose others with ${options}`
}

function lineOf(host: string, { want: { port, owner, option }, code, message }: Fault): string {
  switch (code) {
    case 'EACCES':
      return `no permission to listen on port ${port} (${owner}): choose one above 1023 with ${option}`
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `${JSON.stringify(host)} is no address of this machine: choose another with --host, such as 127.0.0.1`
    default:
      return `cannot listen on ${host}:${port} (${owner}): ${message}`
  }
}
