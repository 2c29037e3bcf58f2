import { lstatSync, readdirSync } from 'node:fs'
import path from 'node:path'

// The client libraries of the payment gateways, some 20 MiB, are counted beside the goal of 450.
const GATEWAYS = 20

/**
 * What the packages may take, in MiB of disk; docs/installation-size.md lists the largest. PostgreSQL for macOS is built for two
 * processors in one file, and with a larger ICU.
 */
export const MOST_MIB = (process.platform === 'darwin' ? 530 : 450) + GATEWAYS

/** The MiB of disk that a folder takes, as `du` counts them: in whole blocks, a file of several names once. Links are not followed. */
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
