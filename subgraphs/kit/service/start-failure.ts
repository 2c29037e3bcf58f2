/** The environment prevents a start: one line that says what to do, printed without a stack. */
export class StartFailure extends Error {
  override readonly name = 'StartFailure'
}

/** The address of a service, without the credentials that its URL may contain. */
export function placeOf(url: string): string {
  const { host, pathname } = new URL(url)
  return pathname.length > 1 ? `${host}${pathname}` : host
}

/** A failed `listen` (listen(2)) as a StartFailure; any other error unchanged. */
export function listenFailure(error: unknown, host: string, port: number): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : null
  switch (code) {
    case 'EADDRINUSE':
      return new StartFailure(
        `port ${port} of ${host} is in use: stop what listens there, or set PORT to another`,
      )
    case 'EACCES':
      return new StartFailure(`this user may not listen on port ${port}: set PORT to one above 1023`)
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new StartFailure(`HOST is ${JSON.stringify(host)}: allowed is an address of this machine`)
    default:
      return error
  }
}
