import { BadSettings, environment, readSettings, serviceSettings } from '@argyle/kit/config'
import { openPrisma } from '@argyle/kit/database'
import { z } from 'zod'
import { PrismaClient } from './generated/prisma/client.ts'

/** Settings of every command. */
export const commandSettings = z.object({ DATABASE_URL: serviceSettings.shape.DATABASE_URL })

/** A refusal whose message is printed to the operator. */
export class CommandRefused extends Error {
  override readonly name = 'CommandRefused'
}

/**
 * Runs an operator's command on the users database, with the environment of the service, which may be
 * running. Prints the result; a failure is printed after `failure`, with exit code 1.
 */
export async function runCommand<Settings extends z.infer<typeof commandSettings>>(
  settings: z.ZodType<Settings>,
  failure: string,
  run: (prisma: PrismaClient, settings: Settings) => Promise<string>,
): Promise<void> {
  try {
    const read = readSettings(settings, environment())
    const prisma = openPrisma(PrismaClient, { url: read.DATABASE_URL, poolSize: 1 })
    try {
      console.log(await run(prisma, read))
    } finally {
      await prisma.$disconnect()
    }
  } catch (error) {
    const isExpected = error instanceof BadSettings || error instanceof CommandRefused
    console.error(`${failure}:`, isExpected ? error.message : error)
    process.exitCode = 1
  }
}
