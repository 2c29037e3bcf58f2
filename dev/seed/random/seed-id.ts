import { chance } from './chance.ts'

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/**
 * `prd_0190a5c2-…`: a UUIDv7 with the row's creation time, whose other 74 bits are computed from seed, prefix
 * and index. So lists sorted by id are in the order of creation, as in a running shop.
 */
export function seedId(prefix: string, seed: number, index: number, createdAt: number): string {
  const random = chance(seed, prefix, index)
  const high = random.bits()
  const low = random.bits()
  const time = createdAt.toString(16).padStart(12, '0')
  const version = (0x7000 | (high & 0x0fff)).toString(16)
  const variant = (0x8000 | ((high >>> 12) & 0x3fff)).toString(16)
  const tail = random.below(65_536)
  return `${prefix}_${time.slice(0, 8)}-${time.slice(8)}-${version}-${variant}-${hex16(tail)}${hex32(low)}`
}

function hex16(value: number): string {
  return `${HEX[value >>> 8]}${HEX[value & 255]}`
}

function hex32(value: number): string {
  return hex16(value >>> 16) + hex16(value & 0xffff)
}
