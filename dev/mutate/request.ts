import { statSync } from 'node:fs'
import path from 'node:path'
import { strictArgs } from '../../router/strict-args.ts'
import { messageOf } from '../../router/usage-error.ts'

/** An invalid command line; the message explains it. */
export class MisuseError extends Error {
  override readonly name = 'MisuseError'
}

/** `count`: how many mutants to try, drawn by `seed`. */
export type MutateRequest = { readonly folder: string; readonly count: number; readonly seed: number }

const DEFAULT_COUNT = 12
const MAX_COUNT = 1000

export const usage = `npm run mutate -- FOLDER [--count ${DEFAULT_COUNT}] [--seed 1]

Changes the code of a folder or file, one place at a time, and lists the changes that no test notices.
  --count  number of changes to try, 1 to ${MAX_COUNT}
  --seed   seed of the random selection of changes`

/**
 * Reads `FOLDER [--count N] [--seed N]`.
 * @param root the folder that FOLDER is relative to
 * @throws MisuseError
 */
export function readRequest(argv: readonly string[], root: string): MutateRequest {
  const { values, positionals } = parse(argv)
  const [folder, ...rest] = positionals
  if (folder === undefined || rest.length > 0)
    throw new MisuseError(`expected one folder, got ${positionals.length}\n\n${usage}`)
  const inside = path.relative(root, path.resolve(root, folder))
  if (inside.startsWith('..') || !statSync(path.join(root, inside), { throwIfNoEntry: false }))
    throw new MisuseError(`no folder or file ${JSON.stringify(folder)} in the repository`)
  return {
    folder: inside.split(path.sep).join('/'),
    count: wholeNumber('count', values.count, DEFAULT_COUNT, 1, MAX_COUNT),
    seed: wholeNumber('seed', values.seed, 1, 0, 2 ** 31 - 1),
  }
}

function parse(argv: readonly string[]) {
  try {
    return strictArgs(argv, { count: { type: 'string' }, seed: { type: 'string' } }, true)
  } catch (error) {
    throw new MisuseError(`${messageOf(error)}: there are --count and --seed\n\n${usage}`)
  }
}

function wholeNumber(name: string, text: string | undefined, otherwise: number, low: number, high: number) {
  if (text === undefined) return otherwise
  const value = Number(text)
  if (/^\d+$/.test(text) && value >= low && value <= high) return value
  throw new MisuseError(
    `--${name} is ${JSON.stringify(text)}: allowed is a whole number from ${low} to ${high}`,
  )
}
