// Tested in ../row.test.ts: rows are tested together, since they refer to each other.

import type { Tone } from './review-words.ts'

/** Properties of socks that reviews mention. */
export const ASPECTS: readonly Record<Tone, readonly string[]>[] = [
  {
    good: [
      'The fit is snug and nothing slips.',
      'They stay up all day.',
      'True to size, with room for the toes.',
      'They hug the arch without pinching.',
    ],
    bad: [
      'They slide down by noon.',
      'The size runs small.',
      'The heel sits in the wrong place.',
      'Too wide at the ankle for me.',
    ],
  },
  {
    good: [
      'The {material} is soft from the first minute.',
      'Lovely yarn: the {material} feels like more money than it cost.',
      'The {material} keeps its softness.',
      'No itch at all from the {material}.',
    ],
    bad: [
      'The {material} is scratchier than I thought.',
      'The {material} feels thin.',
      'I expected softer {material}.',
      'The {material} pills quickly.',
    ],
  },
  {
    good: [
      'The {colour} has not faded.',
      'The {colour} is deep and even.',
      'People ask me where the {colour} ones are from.',
      '{colour} goes with everything I own.',
    ],
    bad: [
      'The {colour} faded in the wash.',
      'The {colour} is duller than on the picture.',
      'The {colour} bled onto a white shirt.',
      'In daylight the {colour} looks off.',
    ],
  },
  {
    good: [
      'Still in shape.',
      'They come out of the wash like new.',
      'The knit has not given anywhere.',
      'Not one loose thread.',
    ],
    bad: [
      'They lost their shape.',
      'A hole at the big toe already.',
      'The cuff went slack.',
      'Loose threads from the start.',
    ],
  },
  {
    good: [
      'No seam to feel at the toe.',
      'The toe seam lies flat.',
      'I could not find the seam with my toes.',
    ],
    bad: [
      'The toe seam rubs.',
      'I notice the seam with every step.',
      'A thick seam across the toes spoils it.',
    ],
  },
  {
    good: [
      'Warm without being sweaty.',
      'They breathe well, even in boots.',
      'My feet stayed dry during {worn}.',
      'Just the right warmth for {worn}.',
    ],
    bad: [
      'Too warm indoors.',
      'My feet got damp during {worn}.',
      'Not as warm as they look.',
      'They hold moisture.',
    ],
  },
  {
    good: [
      'The {pattern} lines up at the heel, which I notice.',
      'The {pattern} is crisp.',
      'The {pattern} is fun without shouting.',
    ],
    bad: [
      'The {pattern} does not line up at the back.',
      'The {pattern} stretches out of shape once worn.',
      'The {pattern} is coarser than pictured.',
    ],
  },
  {
    good: ['A fair price for this quality.', 'Worth the price.', 'Good value next to what I bought before.'],
    bad: ['Too dear for what it is.', 'I have had better for less.', 'The price does not match the knit.'],
  },
]
