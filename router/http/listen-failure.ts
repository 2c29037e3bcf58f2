import { quoted } from '../quoted.ts'

/** The message of an error of `listen()`: the cause, and the remedy. */
export function listenFailure({ code, message }: NodeJS.ErrnoException, port: number, host: string): string {
  if (code === 'EADDRINUSE')
    return `Port ${port} is in use on ${host}: stop what listens there, or choose another by --port`
  if (code === 'EACCES')
    return `Port ${port} needs more rights than this user has: choose one above 1023 by --port`
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') return `${quoted(host)} is no address of this machine`
  return `Cannot listen on ${host}:${port}: ${message}`
}
