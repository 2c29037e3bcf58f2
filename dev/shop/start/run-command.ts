import { lineFor } from './failure.ts'

type Command<Request> = {
  /** Prints a line. */
  readonly write: (line: string) => void
  readonly help: string
  /** Parses the command line; null for help. @throws ShopFailure */
  read(): Request | null
  /** @returns the exit code */
  carryOut(request: Request): Promise<number>
}

/**
 * Runs a command that ends by itself: prints the help, or carries out the request.
 * @returns the exit code: 1 after a failure that is printed in one line
 */
export async function runCommand<Request>({
  write,
  help,
  read,
  carryOut,
}: Command<Request>): Promise<number> {
  try {
    const request = read()
    if (request) return await carryOut(request)
    write(help)
    return 0
  } catch (error) {
    const line = lineFor(error)
    if (line === null) throw error
    write(line)
    return 1
  }
}
