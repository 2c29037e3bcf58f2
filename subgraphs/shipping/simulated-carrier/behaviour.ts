/**
 * The behaviour of a parcel, by the name of its recipient. README.md lists these names, with which every
 * outcome can be tried by hand.
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

/** The behaviour that the name of a recipient has; undefined if it has none of its own. */
export function namedBehaviour(recipient: string): Behaviour | undefined {
  return Object.entries(BEHAVIOURS).find(([name]) => name === recipient)?.[1]
}

/** @param chance random number from 0 to 1, which determines lost parcels */
export function behaviourOf(recipient: string, chance: number, lose: number): Behaviour {
  return namedBehaviour(recipient) ?? (chance < lose ? 'lost' : 'ordinary')
}
