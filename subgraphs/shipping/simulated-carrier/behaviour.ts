/**
 * What a parcel does, by the recipient on it: names that nobody has, so that every turn of a journey can be tried by hand. README.md
 * lists them.
 */
export const BEHAVIOURS = {
  'Test Lost': 'lost',
  'Test Returned': 'returned',
  'Test Refused': 'refused',
  'Test Slow': 'slow',
  'Test Late Answer': 'late_answer',
  'Test Dropped': 'dropped',
  'Test Failing': 'failing',
  'Test Silent': 'silent',
  'Test Twice': 'twice',
  'Test Late Webhooks': 'late',
  'Test Reordered': 'reordered',
} as const

export type Behaviour = (typeof BEHAVIOURS)[keyof typeof BEHAVIOURS] | 'ordinary'

/** @param chance from 0 to 1, by which the share of parcels that get lost is drawn. */
export function behaviourOf(recipient: string, chance: number, lose: number): Behaviour {
  const named = Object.entries(BEHAVIOURS).find(([name]) => name === recipient)
  if (named) return named[1]
  return chance < lose ? 'lost' : 'ordinary'
}
