// Tested in ../row.test.ts: the test reads this table.

/** A kind of sock: name, leaf category, materials, sizes. */
export type SockType = {
  readonly code: string
  readonly noun: string
  readonly category: string
  readonly sizes: readonly string[]
  readonly colours: number
  /** The lowest and highest rung of the price ladder. */
  readonly rungs: readonly [low: number, high: number]
  readonly grams: number
  /** The height of the leg as a share of the knee's height, for the picture. */
  readonly height: number
  readonly materials: readonly string[]
  /** Used after "Made for". */
  readonly purpose: string
}

const ADULT = ['S', 'M', 'L']
const TWO = ['36–40', '41–46']
const KIDS = ['2–4 y', '4–6 y', '6–8 y']

/** Twelve types; a product's type is its index modulo twelve. Every type has its own leaf category. */
export const SOCK_TYPES: readonly SockType[] = [
  type(
    'CRW',
    'Crew Socks',
    'crew',
    ADULT,
    2,
    [2, 6],
    62,
    0.55,
    ['combed cotton', 'merino wool', 'bamboo viscose'],
    'every day that has shoes in it',
  ),
  type(
    'ANK',
    'Ankle Socks',
    'ankle',
    TWO,
    2,
    [0, 4],
    38,
    0.25,
    ['combed cotton', 'bamboo viscose', 'linen blend'],
    'low trainers and rolled-up trousers',
  ),
  type(
    'NSH',
    'No-Show Socks',
    'no-show',
    TWO,
    2,
    [0, 3],
    24,
    0.08,
    ['combed cotton', 'bamboo viscose', 'tencel'],
    'loafers that want to look sockless',
  ),
  type(
    'MDC',
    'Dress Socks',
    'mid-calf',
    ADULT,
    2,
    [4, 8],
    48,
    0.65,
    ['mercerised cotton', 'fine merino', 'cotton and silk'],
    'long meetings and short ceremonies',
  ),
  type(
    'OTC',
    'Over-the-Calf Socks',
    'over-the-calf',
    TWO,
    2,
    [5, 9],
    64,
    0.9,
    ['mercerised cotton', 'fine merino', 'cotton and silk'],
    'suits that must never show a shin',
  ),
  type(
    'RUN',
    'Running Socks',
    'running',
    TWO,
    3,
    [4, 8],
    36,
    0.2,
    ['recycled polyamide', 'merino and nylon', 'coolmax blend'],
    'ten kilometres before breakfast',
  ),
  type(
    'CYC',
    'Cycling Socks',
    'cycling',
    TWO,
    2,
    [4, 8],
    40,
    0.45,
    ['recycled polyamide', 'merino and nylon', 'coolmax blend'],
    'climbs, descents and the coffee between',
  ),
  type(
    'HIK',
    'Hiking Socks',
    'hiking',
    ADULT,
    2,
    [6, 10],
    92,
    0.6,
    ['merino wool', 'merino and nylon', 'lambswool'],
    'wet paths and stiff boots',
  ),
  type(
    'CMP',
    'Compression Socks',
    'compression',
    ADULT,
    1,
    [8, 12],
    70,
    0.95,
    ['recycled polyamide', 'microfibre', 'coolmax blend'],
    'night trains and long shifts',
  ),
  type(
    'BED',
    'Bed Socks',
    'bed',
    ['One size'],
    2,
    [3, 7],
    88,
    0.4,
    ['lambswool', 'alpaca blend', 'cashmere blend'],
    'cold sheets and late novels',
  ),
  type(
    'SLP',
    'Slipper Socks',
    'slipper',
    ADULT,
    1,
    [7, 12],
    140,
    0.4,
    ['lambswool', 'alpaca blend', 'boiled wool'],
    'stone floors in January',
  ),
  type(
    'KID',
    'Kids Socks',
    'kids-crew',
    KIDS,
    2,
    [0, 3],
    30,
    0.45,
    ['combed cotton', 'organic cotton', 'bamboo viscose'],
    'puddles, playgrounds and lost pairs',
  ),
]

function type(
  code: string,
  noun: string,
  category: string,
  sizes: readonly string[],
  colours: number,
  rungs: readonly [number, number],
  grams: number,
  height: number,
  materials: readonly string[],
  purpose: string,
): SockType {
  return { code, noun, category, sizes, colours, rungs, grams, height, materials, purpose }
}

export function sockTypeOf(product: number): SockType {
  const sockType = SOCK_TYPES[product % SOCK_TYPES.length]
  if (!sockType) throw new Error(`Product ${product} has no type.`)
  return sockType
}
