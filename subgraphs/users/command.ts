import { BadSettings, environment, readSettings, serviceSettings } from '@argyle/kit/config'
import { openPrisma } from '@argyle/kit/database'
import { isOutage } from '@argyle/kit/outage'
import { z } from 'zod'
import { PrismaClient } from './generated/prisma/client.ts'

/** Settings of every command. */
export const commandSettings = z.object({ DATABASE_URL: serviceSettings.shape.DATABASE_URL })

/** A refusal whose message is printed to the operator. */
export class CommandRefused extends Error {
  override readonly name = 'CommandRefused'
}

type Command<Settings> = {
  readonly settings: z.ZodType<Settings>
  /** Printed for `--help`. */
  readonly help: string
  /** Printed before the reason of a failure. */
  readonly failure: string
  /** @returns the result, which is printed. @param words arguments of the command line. @throws CommandRefused */
  run(prisma: PrismaClient, settings: Settings, words: readonly string[]): Promise<string>
}

/**
 * Runs an operator's command on the users database, with the environment of the service, which may be
 * running. A failure has exit code 1.
 */
export async function runCommand<Settings extends z.infer<typeof commandSettings>>({
  settings,
  help,
  failure,
  run,
}: Command<Settings>): Promise<void> {
  const words = process.argv.slice(2)
  if (words.includes('--help')) return console.log(help)
  try {
    const read = readSettings(settings, environment())
    const prisma = openPrisma(PrismaClient, { url: read.DATABASE_URL, poolSize: 1 })
    try {
      console.log(await run(prisma, read, words))
    } finally {
      await prisma.$disconnect()
    }
  } catch (error) {
    console.error(`${failure}:`, reasonOf(error))
    process.exitCode = 1
  }
}

/** The message of an expected error, or the error itself, whose stack is printed. */
function reasonOf(error: unknown): unknown {
  if (error instanceof BadSettings || error instanceof CommandRefused) return error.message
  // Prisma's message begins with the call.
  if (error instanceof Error && isOutage(error)) return error.message.split('\n').at(-1)
  return error
}
