// Tested in seed-shop.int.test.ts: the test reads the filled tables.

import { productId } from './catalogue/product.ts'
import { lives } from './customers/life-stream.ts'
import { userId } from './customers/user.ts'
import { instant, type TableRow, table } from './database/copy-table.ts'
import type { Filling } from './filling.ts'
import { type Plan, productsOf, usersOf } from './plan.ts'
import { reviewsBy } from './reviews/review.ts'
import { rows } from './row.ts'

const knownProduct = table('known_product', ['product_id', 'status', 'sequence'])
const author = table('author', ['user_id', 'display_name', 'sequence'])
const review = table('review', [
  'id',
  'product_id',
  'author_id',
  'rating',
  'title',
  'body',
  'status',
  'version',
  'helpful_count',
  'created_at',
  'updated_at',
])
const helpfulVote = table('helpful_vote', ['review_id', 'customer_id', 'voted_at'])
const ratingSummary = table('rating_summary', [
  'product_id',
  'stars_1',
  'stars_2',
  'stars_3',
  'stars_4',
  'stars_5',
  'as_of',
])

export const fillReviews: Filling = {
  database: 'reviews',
  tables: [knownProduct, author, review, helpfulVote, ratingSummary],
  *rows(plan) {
    yield* readModels(plan)
    const stars = new Int32Array(productsOf(plan.size) * 5)
    yield* reviews(plan, stars)
    yield* summaries(plan, stars)
  },
}

function* readModels(plan: Plan): Generator<TableRow> {
  for (const { id, status, version } of rows(plan, 'product'))
    yield knownProduct.row({ product_id: id, status, sequence: version })
  for (const { id, displayName, version } of rows(plan, 'user'))
    yield author.row({ user_id: id, display_name: displayName, sequence: version })
}

/** Counts published reviews into `stars`: five numbers per product. */
function* reviews(plan: Plan, stars: Int32Array): Generator<TableRow> {
  const voters = Array.from({ length: usersOf(plan.size) }, (_, user) => userId(plan, user))
  for (const { user, lived } of lives(plan)) {
    for (const row of reviewsBy(plan, user, lived)) {
      yield review.row({
        id: row.id,
        product_id: row.productId,
        author_id: row.authorId,
        rating: row.rating,
        title: row.title,
        body: row.body,
        status: row.status,
        version: row.version,
        helpful_count: row.voters.length,
        created_at: instant(row.createdAt),
        updated_at: instant(row.updatedAt),
      })
      for (const voter of row.voters)
        yield helpfulVote.row({
          review_id: row.id,
          customer_id: voters[voter] ?? '',
          voted_at: instant(row.updatedAt),
        })
      const place = row.product * 5 + row.rating - 1
      if (row.status === 'PUBLISHED') stars[place] = (stars[place] ?? 0) + 1
    }
  }
}

/** A product without reviews has no summary. */
function* summaries(plan: Plan, stars: Int32Array): Generator<TableRow> {
  for (let product = 0; product < productsOf(plan.size); product++) {
    const counts = stars.subarray(product * 5, product * 5 + 5)
    if (counts.every((count) => count === 0)) continue
    yield ratingSummary.row({
      product_id: productId(plan, product),
      stars_1: counts[0] ?? 0,
      stars_2: counts[1] ?? 0,
      stars_3: counts[2] ?? 0,
      stars_4: counts[3] ?? 0,
      stars_5: counts[4] ?? 0,
      as_of: instant(plan.today),
    })
  }
}
