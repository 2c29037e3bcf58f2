import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'

/**
 * Hashes the sources of a generated file, so that it is regenerated exactly when one of them changes.
 * @param inputs sources, configuration and the generator itself; a missing file counts as empty
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

/** Whether `output` exists and was generated from inputs with this fingerprint. */
export function isCurrent(output: string, mark: string): boolean {
  const file = markFile(output)
  return existsSync(output) && existsSync(file) && readFileSync(file, 'utf8') === mark
}

/** Stores the fingerprint of `output`'s inputs. */
export function remember(output: string, mark: string): void {
  const file = markFile(output)
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(file, mark)
}

// Beside the output, not in it: Prisma empties its folder before it writes.
const markFile = (output: string) => `${output}.fingerprint`
