import { isId } from '@argyle/kit/ids'
import { validate } from '@argyle/kit/user-errors'
import { recordSearchClickInput } from './click-input.ts'
import { facetList } from './facet-list.ts'
import { priceRangeOf } from './facets.ts'
import type { Resolvers } from './generated/resolvers.ts'
import { selectsAny } from './selected-fields.ts'

/** Fields that need counts over all matches. */
const COUNTED = new Set(['totalCount', 'isTotalCountExact', 'facets', 'priceRange'])

/** Resolvers only translate: they read arguments, call one function, shape the result. */
export const resolvers: Resolvers = {
  Query: {
    search: (_, args, { search, clientAddress }, info) =>
      search(args, { withCounts: selectsAny(info, COUNTED), clientAddress }),
    suggest: (_, { prefix, limit }, { suggest }) => suggest(prefix, limit ?? 8),
  },

  Mutation: {
    async recordSearchClick(_, args, { countClick, clientAddress }) {
      const input = validate(recordSearchClickInput, args.input)
      if (!input.ok) return { isCounted: false, userErrors: input.errors }
      await countClick(input.value.query, clientAddress)
      return { isCounted: true, userErrors: [] }
    },
  },

  SearchConnection: {
    totalCount: async ({ counts }) => (await counts()).total,
    isTotalCountExact: async ({ counts }) => (await counts()).isExact,
    facets: async ({ counts, wish }, _, { prisma }) => facetList(prisma, await counts(), wish.filter),
    priceRange: async ({ counts, wish }) => priceRangeOf(await counts(), wish),
    searchedFor: ({ understood }) => understood.searchedFor,
    didYouMean: ({ understood }) => (understood.isCorrected ? understood.searchedFor : null),
    loosen: ({ loosen }) => loosen(),
    indexedThrough: (_, __, { indexedThrough }) => indexedThrough(),
  },

  SearchEdge: {
    score: ({ node }) => node.value,
    highlight: ({ highlight }) => highlight(),
  },

  Product: {
    __resolveReference: ({ id }, { load }) => (isId('prd', id) ? load.listingById.load(id) : null),
  },
}
