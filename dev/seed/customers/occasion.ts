import { SOCK_TYPES } from '../catalogue/sock-type.ts'

/**
 * An occasion for buying socks: the types that go into one basket, and what a review may say of the day they
 * were worn.
 */
export type Occasion = { readonly types: readonly number[]; readonly worn: readonly string[] }

export const OCCASIONS: readonly Occasion[] = [
  {
    types: typesOf('mid-calf', 'over-the-calf', 'crew'),
    worn: ['a week of meetings', 'my sister’s wedding', 'a job interview', 'a month of office days'],
  },
  {
    types: typesOf('hiking', 'compression', 'crew'),
    worn: [
      'three days in the hills',
      'a wet coastal path',
      'forty kilometres of gravel',
      'a frosty hut tour',
    ],
  },
  {
    types: typesOf('bed', 'slipper', 'crew'),
    worn: [
      'a winter on stone floors',
      'long evenings on the sofa',
      'the whole of January',
      'a cold month in a drafty flat',
    ],
  },
  {
    types: typesOf('kids-crew', 'ankle', 'slipper'),
    worn: ['a term of nursery', 'many playground afternoons', 'a rainy half-term', 'a season of puddles'],
  },
  {
    types: typesOf('running', 'no-show', 'compression'),
    worn: ['a half marathon', 'my daily ten kilometres', 'track night', 'a humid summer of training'],
  },
  {
    types: typesOf('cycling', 'ankle', 'running'),
    worn: ['a long ride in drizzle', 'my commute by bike', 'two alpine passes', 'a gravel weekend'],
  },
  {
    types: typesOf('no-show', 'ankle', 'crew'),
    worn: ['a city break', 'a summer in loafers', 'a month in trainers', 'a heat wave'],
  },
]

function typesOf(...categories: readonly string[]): readonly number[] {
  return categories.map((category) => SOCK_TYPES.findIndex((type) => type.category === category))
}
