import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { root } from '../repository.ts'
import { prismaEnvironment } from './config.ts'

const require = createRequire(import.meta.url)

/** The script of the stock Prisma CLI, to run with this Node. */
export const prismaScript = path.join(path.dirname(require.resolve('prisma/package.json')), 'build/index.js')

export type PrismaRun = { code: number; output: string }

/**
 * Runs the stock Prisma CLI and returns its output (stdout, then stderr).
 * @param args the CLI's arguments, for example `['generate', '--schema', path]`
 * @param environment added to {@link prismaEnvironment}
 */
export async function runPrisma(args: string[], environment?: Record<string, string>): Promise<PrismaRun> {
  const child = spawn(process.execPath, [prismaScript, ...args], {
    cwd: root,
    env: prismaEnvironment(environment),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const closed = new Promise<number>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve(code ?? 1))
  })
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), closed])
  return { code, output: `${stdout}${stderr}` }
}
