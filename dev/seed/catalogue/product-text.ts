import type { Plan } from '../plan.ts'
import { chance } from '../random/chance.ts'
import type { Pattern } from './sock-design.ts'
import type { SockType } from './sock-type.ts'

const LOOKS: Record<Pattern, readonly string[]> = {
  Argyle: ['Diamonds crossed by a thin diagonal line', 'Two rows of diamonds, linked by hand at the seam'],
  Striped: ['Even stripes from cuff to toe', 'Narrow stripes that meet exactly at the heel'],
  Herringbone: ['A fine herringbone that reads as plain from across the room', 'Herringbone in two shades'],
  Dotted: ['Small dots, evenly spaced', 'Dots that shrink towards the toe'],
  Chevron: ['Chevrons pointing the way you walk', 'A zigzag over the whole leg'],
  Gingham: ['A picnic-cloth gingham', 'Small checks woven from two yarns'],
  Ribbed: ['Deep ribs that follow the ankle', 'A broad rib, knitted slowly'],
  Cable: ['Two cables up the outer side', 'A thick cable with a fine one beside it'],
  Houndstooth: ['A small houndstooth', 'Broken checks in the tailor’s manner'],
  Birdseye: ['A birdseye knit that hides a day’s wear', 'Pin-sized dots, knitted in'],
  'Colour-Block': [
    'Three blocks of colour: cuff, leg and toe',
    'A leg in one colour, heel and toe in another',
  ],
  Plain: ['No pattern at all, and proud of it', 'One colour, one yarn, no fuss'],
  Snowfall: [
    'Flecks that thicken towards the toe, like snow against a wall',
    'Loose flakes on a calm ground',
  ],
  Lattice: ['A thin lattice over the instep', 'Crossed lines as on a garden fence'],
  Wave: ['Slow waves around the leg', 'Waves that close in at the ankle'],
  Speckled: ['A speckled yarn, so that no two pairs are the same', 'Specks of the accent colour, spun in'],
}

const DETAILS = [
  'The toe is linked by hand, so there is no seam to feel.',
  'A reinforced heel takes the first thousand kilometres.',
  'The cuff holds without leaving a mark.',
  'The arch is knitted tighter and stays where it belongs.',
  'Heel and toe are doubled where shoes rub.',
  'A turned Y-heel follows the foot instead of the machine.',
  'They come out of the wash in the shape that they went in.',
  'The yarn is dyed before it is knitted, so the colour stays.',
]

const CARE = [
  'Wash at 30 °C, inside out.',
  'Wash at 40 °C with similar colours.',
  'A wool programme and a flat towel keep them soft.',
  'No tumble dryer, no regrets.',
  'Line-dry in the shade.',
]

/** Three or four sentences on a product's look, material, purpose and care. */
export function describeProduct(
  plan: Plan,
  index: number,
  design: { pattern: Pattern; material: string },
  type: SockType,
): string {
  const random = chance(plan.seed, 'description', index)
  const look = random.pick(LOOKS[design.pattern])
  const first = random.below(DETAILS.length)
  const details = random.flip(0.4) ? [first, (first + 3) % DETAILS.length] : [first]
  return [
    `${look}, in ${design.material}.`,
    `Made for ${type.purpose}.`,
    ...details.map((detail) => DETAILS[detail]),
    random.pick(CARE),
  ].join(' ')
}
