import { anonymous, type Viewer } from '@argyle/kit/identity'
import { newId } from '@argyle/kit/ids'
import { customer, type OperationResult, type TestOptions, testSubgraph } from '@argyle/kit/testing/subgraph'
import { reviews } from '../subgraph.ts'

const REVIEW = `id rating title body status version createdAt updatedAt helpfulCount viewerHasVotedHelpful
  author { id displayName } product { id }`
const ERRORS = `userErrors { ... on UserError {
  __typename message path
  ... on VersionConflictError { currentVersion }
  ... on NotPendingError { status }
  ... on AlreadyReviewedError { existing { id } }
} }`

export type MutationName = 'submitReview' | 'updateReview' | 'deleteReview' | 'markHelpful' | 'moderateReview'

function operation(name: MutationName): string {
  const type = `${name[0]?.toUpperCase()}${name.slice(1)}Input`
  const value =
    name === 'deleteReview' ? 'deletedReviewId product { id rating { count } }' : `review { ${REVIEW} }`
  return `mutation ($input: ${type}!) { ${name}(input: $input) { ${value} ${ERRORS} } }`
}

export const STAR_COUNTS = 'rating { average count histogram asOf }'

/** The subgraph on its own database, with helpers for its tests. */
export async function openReviews(options: TestOptions = {}) {
  const subgraph = await testSubgraph(reviews, options)

  /** Runs a mutation and returns its whole answer. */
  function mutate(name: MutationName, input: object, viewer: Viewer): Promise<OperationResult> {
    return subgraph.execute(operation(name), { input }, viewer)
  }

  return {
    ...subgraph,
    mutate,

    /** Runs a mutation that must be accepted, and returns its payload. */
    async accepted(name: MutationName, input: object, viewer: Viewer) {
      const { data, errors } = await mutate(name, input, viewer)
      const payload = data?.[name]
      if (errors.length > 0 || payload.userErrors.length > 0)
        throw new Error(JSON.stringify({ errors, payload }))
      return payload
    },

    /** Runs a mutation that must be refused, and returns its user errors. */
    async refused(name: MutationName, input: object, viewer: Viewer) {
      const { data, errors } = await mutate(name, input, viewer)
      if (errors.length > 0) throw new Error(JSON.stringify(errors))
      return data[name].userErrors
    },

    /** Delivers a product's event and returns its id. */
    async aProduct(status = 'ACTIVE'): Promise<string> {
      const productId = newId('prd')
      await subgraph.deliver('products.product.changed', { productId, status }, { subject: productId })
      return productId
    },

    /** Submits a complete review, with these fields changed, and returns it. */
    async aReview(productId: string, viewer: Viewer = customer(newId('usr')), but: object = {}) {
      const payload = await this.accepted('submitReview', anInput(productId, but), viewer)
      return payload.review
    },

    /** Fields of products, queried as the router does. */
    async products(ids: readonly string[], fields: string, viewer: Viewer = anonymous) {
      const representations = ids.map((id) => ({ __typename: 'Product', id }))
      const query = `query ($representations: [_Any!]!) {
        _entities(representations: $representations) { ... on Product { id ${fields} } } }`
      const { data, errors } = await subgraph.execute(query, { representations }, viewer)
      if (errors.length > 0) throw new Error(JSON.stringify(errors))
      return data._entities
    },

    /** Runs one parameterised statement. */
    sql: <Row>(statement: string, ...values: unknown[]) =>
      subgraph.resources.prisma.$queryRawUnsafe<Row[]>(statement, ...values),
  }
}

export type OpenReviews = Awaited<ReturnType<typeof openReviews>>

/** A valid submission input. */
export function anInput(productId: string, but: object = {}) {
  return {
    idempotencyKey: newId('evt'),
    productId,
    rating: 4,
    title: 'Warm',
    body: 'Warm all winter, and they keep their shape.',
    ...but,
  }
}
