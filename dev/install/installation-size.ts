import { lstatSync, readdirSync } from 'node:fs'
import path from 'node:path'

/**
 * Maximum size of node_modules, in MiB of disk. docs/installation-size.md lists its largest parts. PostgreSQL for
 * macOS contains the code of two processors and a larger ICU, and Node keeps its symbols there.
 */
export const MAX_MIB = process.platform === 'darwin' ? 550 : 450

/**
 * Disk usage of a folder in MiB, as `du` reports it: whole blocks, and hard links once. Symbolic links are
 * not followed.
 */
export function mibOf(folder: string): number {
  const seen = new Set<number>()
  const blocksOf = (place: string): number => {
    const { blocks, ino, nlink } = lstatSync(place)
    if (nlink > 1 && seen.has(ino)) return 0
    seen.add(ino)
    return blocks
  }
  const blocksBelow = (place: string): number =>
    readdirSync(place, { withFileTypes: true }).reduce((sum, entry) => {
      const inside = path.join(place, entry.name)
      return sum + blocksOf(inside) + (entry.isDirectory() ? blocksBelow(inside) : 0)
    }, 0)
  return ((blocksOf(folder) + blocksBelow(folder)) * 512) / 2 ** 20
}
