import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'

/**
 * Hashes what a generated file is made from, so that it is made again exactly when one of them changes.
 * @param inputs sources, configuration and the generator itself; a file that does not exist counts as empty
 */
export function fingerprint(inputs: readonly string[]): string {
  const hash = createHash('sha256')
  for (const file of inputs) {
    hash.update(path.basename(file)).update('\0')
    if (existsSync(file)) hash.update(readFileSync(file))
    hash.update('\0')
  }
  return hash.digest('hex')
}

/** Whether `output` exists and was made from inputs with this fingerprint. */
export function isCurrent(output: string, mark: string): boolean {
  const file = markFile(output)
  return existsSync(output) && existsSync(file) && readFileSync(file, 'utf8') === mark
}

/** Remembers the fingerprint that `output` was made from. */
export function remember(output: string, mark: string): void {
  const file = markFile(output)
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(file, mark)
}

// Beside the output, not in it: Prisma empties its folder before it writes.
const markFile = (output: string) => `${output}.fingerprint`
