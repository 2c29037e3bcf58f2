// Tested in ../row.test.ts: rows are tested together, since they refer to each other.

import { productCreatedAt, productId } from '../catalogue/product.ts'
import { reviewsOfUser } from '../customers/cohort.ts'
import { type Life, life, type Opinion } from '../customers/life.ts'
import { userCreatedAt, userId } from '../customers/user.ts'
import { DAY, HOUR, type Plan, type Size, usersOf } from '../plan.ts'
import { type Chance, chance } from '../random/chance.ts'
import { seedId } from '../random/seed-id.ts'
import { writeReview } from './review-text.ts'

export type ReviewRow = {
  id: string
  productId: string
  authorId: string
  product: number
  rating: Rating
  title: string | null
  body: string
  status: 'PENDING' | 'PUBLISHED' | 'REJECTED'
  version: number
  createdAt: number
  updatedAt: number
  /** User indexes of those who found it helpful. */
  voters: readonly number[]
}

export type Rating = 1 | 2 | 3 | 4 | 5

export function reviewsOf(size: Size): number {
  return reviewsOfUser.totalOf(usersOf(size))
}

export function review(plan: Plan, index: number): ReviewRow {
  const { member: author, position } = reviewsOfUser.placeOf(index)
  return reviewIn(plan, life(plan, author), { author, position, index })
}

/** All reviews of one person, whose life is computed once. */
export function reviewsBy(plan: Plan, author: number, lived: Life): ReviewRow[] {
  const first = reviewsOfUser.firstOf(author)
  return lived.opinions.map((_, position) =>
    reviewIn(plan, lived, { author, position, index: first + position }),
  )
}

function reviewIn(
  plan: Plan,
  lived: Life,
  { author, position, index }: { author: number; position: number; index: number },
): ReviewRow {
  const opinion = lived.opinions[position]
  if (!opinion) throw new Error(`Person ${author} has no opinion number ${position}.`)
  const random = chance(plan.seed, 'review', index)
  const createdAt = writtenAt(plan, random, author, opinion)
  const rating = ratingOf(plan, random, opinion.product)
  const status = statusOf(random, rating, plan.today - createdAt)
  const moderated = status === 'PENDING' ? createdAt : Math.min(createdAt + random.below(2 * DAY), plan.today)
  return {
    id: seedId('rev', plan.seed, index, createdAt),
    productId: productId(plan, opinion.product),
    authorId: userId(plan, author),
    product: opinion.product,
    rating,
    ...writeReview(plan, random, { opinion, rating, offTopic: status === 'REJECTED' }),
    status,
    version: status === 'PENDING' ? 1 : 2,
    createdAt,
    updatedAt: moderated,
    voters: status === 'PUBLISHED' ? votersOf(plan, random, author) : [],
  }
}

/** Four days to six weeks after buying; for a recent purchase, between then and today. */
function writtenAt(plan: Plan, random: Chance, author: number, { product, boughtAt }: Opinion): number {
  if (boughtAt === null) {
    const start = Math.max(productCreatedAt(plan, product), userCreatedAt(plan, author))
    return Math.floor(start + (plan.today - HOUR - start) * (0.3 + 0.7 * random.next()))
  }
  const room = plan.today - boughtAt - HOUR
  return (
    boughtAt +
    Math.min(Math.floor((4 + random.next() * 38) * DAY), Math.floor(room * (0.3 + 0.6 * random.next())))
  )
}

/** Each product has a quality, around which opinions vary; one pair in twelve disappoints. */
function ratingOf(plan: Plan, random: Chance, product: number): Rating {
  const quality = 3.5 + chance(plan.seed, 'quality', product).next() * 1.4
  const spread = random.next() + random.next() + random.next() - 1.5
  const disappointment = random.flip(1 / 12) ? random.between(1, 3) : 0
  const stars = Math.round(quality + spread * 1.9 - disappointment)
  if (stars <= 1) return 1
  if (stars === 2) return 2
  if (stars === 3) return 3
  return stars === 4 ? 4 : 5
}

/** Moderators take up to two days, and reject reviews that are not about socks. */
function statusOf(random: Chance, rating: Rating, age: number): ReviewRow['status'] {
  if (age < 2 * DAY && random.flip(0.5)) return 'PENDING'
  return rating <= 2 && random.flip(0.08) ? 'REJECTED' : 'PUBLISHED'
}

/** Most reviews have few helpful votes; a few have many. */
function votersOf(plan: Plan, random: Chance, author: number): number[] {
  const users = usersOf(plan.size)
  const count = random.flip(0.3) ? Math.min(random.zipf(14), users - 1) : 0
  const first = random.below(users)
  return Array.from({ length: count + 1 }, (_, place) => (first + place) % users)
    .filter((user) => user !== author)
    .slice(0, count)
}
