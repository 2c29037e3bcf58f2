// Tested in ../row.test.ts: rows are tested together, since they refer to each other.

import { DAY, HOUR, type Plan, roundsOf, SHOP_AGE, type Size } from '../plan.ts'
import { chance } from '../random/chance.ts'
import { seedId } from '../random/seed-id.ts'
import { type Shuffle, shuffle } from '../random/shuffle.ts'
import { categoryIdOf } from './category.ts'
import { describeProduct } from './product-text.ts'
import { EDITIONS, NAMES, PATTERNS, type Pattern } from './sock-design.ts'
import { SOCK_TYPES, sockTypeOf } from './sock-type.ts'

export type ProductRow = {
  id: string
  slug: string
  title: string
  description: string
  categoryId: string
  status: 'DRAFT' | 'ACTIVE' | 'ARCHIVED'
  version: number
  createdAt: number
}

export type Design = { name: string; pattern: Pattern; material: string; title: string; slug: string }

const DESIGNS = shuffle(NAMES.length * PATTERNS.length, 0)

/** Maps ranks of popularity to rounds of a type: the best sellers are neither the oldest nor the newest. */
const RANKS: Record<Size, Shuffle> = {
  tiny: shuffle(roundsOf('tiny'), 0),
  demo: shuffle(roundsOf('demo'), 3),
  large: shuffle(roundsOf('large'), 3),
}

export function product(plan: Plan, index: number): ProductRow {
  const { title, slug } = design(plan, index)
  return {
    id: productId(plan, index),
    slug,
    title,
    description: describeProduct(plan, index, design(plan, index), sockTypeOf(index)),
    categoryId: categoryIdOf(plan, sockTypeOf(index).category),
    status: statusOf(index),
    version: 1,
    createdAt: productCreatedAt(plan, index),
  }
}

export function productId(plan: Plan, index: number): string {
  return seedId('prd', plan.seed, index, productCreatedAt(plan, index))
}

/**
 * Half of the range existed when the shop opened; the rest was added since, one by one. A draft was written
 * in the last hour and never sold.
 */
export function productCreatedAt(plan: Plan, index: number): number {
  if (statusOf(index) === 'DRAFT') return plan.today - HOUR + (index % 3_000) * 1_000
  const opening = plan.today - SHOP_AGE - 30 * DAY
  const random = chance(plan.seed, 'launch', index)
  if (index < SOCK_TYPES.length || random.flip(0.5)) return opening + random.below(20 * DAY)
  return opening + 30 * DAY + random.below(SHOP_AGE - 7 * DAY)
}

/**
 * Each combination of name and pattern is used once within a type, so titles and slugs are unique without
 * comparing rows.
 */
export function design(plan: Plan, index: number): Design {
  const type = sockTypeOf(index)
  const round = Math.floor(index / SOCK_TYPES.length)
  const name = at(NAMES, designPlace(index) % NAMES.length)
  const pattern = patternOf(index)
  const edition = at(EDITIONS, Math.floor(round / DESIGN_COUNT))
  const title = [edition, name, pattern, type.noun].filter(Boolean).join(' ')
  const material = chance(plan.seed, 'material', index).pick(type.materials)
  return { name, pattern, material, title, slug: title.toLowerCase().replaceAll(/[^a-z]+/g, '-') }
}

/** The pattern of a product, without its texts. */
export function patternOf(index: number): Pattern {
  return at(PATTERNS, Math.floor(designPlace(index) / NAMES.length))
}

/** The place of a product's design among all combinations of name and pattern. */
function designPlace(index: number): number {
  const round = Math.floor(index / SOCK_TYPES.length)
  return (DESIGNS.to(round % DESIGN_COUNT) + (index % SOCK_TYPES.length) * 97) % DESIGN_COUNT
}

/** The product of a type at a rank of popularity (0 is the most popular). */
export function productAtRank(plan: Plan, type: number, rank: number): number {
  const rounds = roundsOf(plan.size)
  return ((RANKS[plan.size].to(rank) + type * 7) % rounds) * SOCK_TYPES.length + type
}

export function statusOf(index: number): ProductRow['status'] {
  if (index % 101 === 77) return 'DRAFT'
  return index % 97 === 50 ? 'ARCHIVED' : 'ACTIVE'
}

const DESIGN_COUNT = NAMES.length * PATTERNS.length

function at<T>(list: readonly T[], index: number): T {
  const value = list[index]
  if (value === undefined)
    throw new Error(`The seed's lists are too short for a shop of this size (${index}).`)
  return value
}
