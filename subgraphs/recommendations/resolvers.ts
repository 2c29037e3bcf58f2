import { isSelf } from '@argyle/kit/identity'
import { isId } from '@argyle/kit/ids'
import { notFound, validate } from '@argyle/kit/user-errors'
import type { Resolvers } from './generated/resolvers.ts'
import { recommendedList, relatedList } from './recommendation-list.ts'
import { recordViewInput } from './view-input.ts'

/** Resolvers only translate: they read arguments, call one function, shape the result. */
export const resolvers: Resolvers = {
  Query: {
    recommendationsProcessedThrough: (_, __, { processedThrough }) => processedThrough(),
  },

  Mutation: {
    async recordView(_, args, { views, clientAddress }) {
      const input = validate(recordViewInput, args.input)
      if (!input.ok) return { isRecorded: false, userErrors: input.errors }
      const { productId } = input.value
      const isKnown = await views.record(input.value, clientAddress)
      const errors = isKnown ? [] : [notFound('product on sale', productId, ['productId'])]
      return { isRecorded: isKnown, userErrors: errors }
    },
  },

  Recommendation: {
    product: ({ productId }) => ({ id: productId }),
  },

  Product: {
    __resolveReference: ({ id }) => (isId('prd', id) ? { id } : null),
    related: ({ id }, { first }, { load }) => relatedList(id, first ?? 8, load),
  },

  User: {
    __resolveReference: ({ id }) => (isId('usr', id) ? { id } : null),
    recommendations: ({ id }, { first }, { load, viewer }) =>
      isSelf(viewer, id) ? recommendedList(id, first ?? 12, load) : null,
  },
}
