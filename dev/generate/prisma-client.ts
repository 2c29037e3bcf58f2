import { existsSync, rmSync } from 'node:fs'
import path from 'node:path'
import { prismaScript, runPrisma } from '../prisma-schema-engine/prisma-cli.ts'
import { root } from '../repository.ts'
import { fingerprint, isCurrent, remember } from './fingerprint.ts'

/**
 * Generates the Prisma client of `prisma/<name>/schema.prisma` into the folder that the schema names.
 * @returns whether anything was generated
 * @throws Error with Prisma's own message if the schema is invalid
 */
export async function generatePrismaClient(name: string): Promise<boolean> {
  const schema = path.join(root, 'prisma', name, 'schema.prisma')
  const output = path.join(root, 'subgraphs', name, 'generated', 'prisma')
  const mark = fingerprint([schema, path.resolve(prismaScript, '../../package.json'), import.meta.filename])
  const client = path.join(output, 'client.ts')
  if (isCurrent(client, mark)) return false

  // Prisma refuses a folder with other files, such as the rest of a generation that was interrupted.
  if (!existsSync(client)) rmSync(output, { recursive: true, force: true })
  const run = await runPrisma(['generate', '--schema', schema, '--no-hints'])
  if (run.code !== 0) throw new Error(`prisma/${name}/schema.prisma: ${run.output.trim()}`)
  remember(client, mark)
  return true
}
