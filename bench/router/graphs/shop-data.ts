import { type Random, seededRandom } from './random.ts'

export type Member = { id: string; name: string; handle: string; joined: number; country: string }
export type Stock = { available: number; warehouse: string; restockDays: number | null }
export type Product = {
  id: string
  title: string
  price: number
  grams: number
  colours: string[]
  stock: Stock
  position: number
}
export type Review = { id: string; stars: number; text: string; authorId: string; productId: string }
export type ShopData = {
  readonly members: readonly Member[]
  readonly products: readonly Product[]
  readonly reviews: readonly Review[]
}

const GIVEN = ['Ada', 'Bram', 'Chioma', 'Dora', 'Emil', 'Fenna', 'Goran', 'Hana', 'Ivo', 'Jun', 'Kaja', 'Léo']
const FAMILY = [
  'Novak',
  'Okafor',
  'Lindqvist',
  'Tanaka',
  'Moreau',
  'Visser',
  'Rossi',
  'Kaya',
  'Silva',
  'Byrne',
]
const COUNTRIES = ['SI', 'NG', 'SE', 'JP', 'FR', 'NL', 'IT', 'TR', 'BR', 'IE']
const COLOURS = ['oat', 'rust', 'moss', 'ink', 'rose', 'slate', 'ochre', 'plum']
const KINDS = ['Ankle sock', 'Knee sock', 'Hiking sock', 'Bed sock', 'Running sock', 'Dress sock']
const PRAISE = [
  'warm',
  'soft',
  'well knitted',
  'a little tight',
  'bright after ten washes',
  'true to size',
  'thin',
]
const WAREHOUSES = ['north-1', 'north-2', 'harbour', 'airfield']

/** The data of the benchmark's shop, which depends on the seed only. */
export function shopData(): ShopData {
  const random = seededRandom(11)
  const members = Array.from({ length: 8 }, (_, index) => member(index, random))
  const products = Array.from({ length: 12 }, (_, index) => product(index, random))
  const reviews = Array.from({ length: 24 }, (_, index) => review(index, members, products, random))
  return { members, products, reviews }
}

function member(index: number, random: Random): Member {
  const name = `${random.pick(GIVEN)} ${random.pick(FAMILY)}`
  return {
    id: `member-${index + 1}`,
    name,
    handle: `${name.toLowerCase().replace(/[^a-z]+/g, '.')}.${index + 1}`,
    joined: 2015 + random.below(11),
    country: random.pick(COUNTRIES),
  }
}

function product(index: number, random: Random): Product {
  return {
    id: `product-${index + 1}`,
    title: `${random.pick(KINDS)} in ${random.pick(COLOURS)}`,
    price: 600 + random.below(2_400),
    grams: 30 + random.below(120),
    colours: COLOURS.filter(() => random.below(3) === 0),
    stock: {
      available: random.below(200),
      warehouse: random.pick(WAREHOUSES),
      restockDays: random.below(3) === 0 ? null : 1 + random.below(20),
    },
    position: index + 1,
  }
}

function review(
  index: number,
  members: readonly Member[],
  products: readonly Product[],
  random: Random,
): Review {
  return {
    id: `review-${index + 1}`,
    stars: 1 + random.below(5),
    text: `They are ${random.pick(PRAISE)}, ${random.pick(PRAISE)}, and after some weeks of wear ${random.pick(PRAISE)}.`,
    // Three reviews by each member, two or three of each product.
    authorId: members[index % members.length]?.id ?? '',
    productId: products[(index * 7) % products.length]?.id ?? '',
  }
}
