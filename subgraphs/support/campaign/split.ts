import { createHash } from 'node:crypto'

export const VARIANTS = ['A', 'B'] as const
export type Variant = (typeof VARIANTS)[number]
/** The group of a recipient. */
export type Arm = 'CONTROL' | Variant

/** The place of a person in a campaign: the group, and the order of sending. */
export type Place = { readonly arm: Arm; readonly place: bigint }

/**
 * Splits an audience by a hash of campaign and person: the same on every machine, independent of the order in which people are read, and
 * independent between campaigns. The first four bytes decide on the control group, the next four on the variant, the last eight on the order.
 */
export function splitOf(
  campaignId: string,
  userId: string,
  { controlPercent, variants }: { readonly controlPercent: number; readonly variants: number },
): Place {
  const hash = createHash('sha256').update(`${campaignId} ${userId}`).digest()
  const isControl = hash.readUInt32BE(0) / 2 ** 32 < controlPercent / 100
  const variant = VARIANTS[hash.readUInt32BE(4) % variants] ?? 'A'
  // Half of the range, so that the number is one of PostgreSQL's BIGINT.
  return { arm: isControl ? 'CONTROL' : variant, place: hash.readBigUInt64BE(8) >> 1n }
}
