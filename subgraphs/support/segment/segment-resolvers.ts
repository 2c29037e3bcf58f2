// Tested in ../segments.int.test.ts: the test runs operations.

import { connectionOf, pageArgs } from '@argyle/kit/connection'
import { payload } from '@argyle/kit/decision'
import { loadAccepted } from '@argyle/kit/idempotency'
import { hasScope, requireUser } from '@argyle/kit/identity'
import { isId, readId } from '@argyle/kit/ids'
import { instantCursor } from '@argyle/kit/keyset'
import { validate } from '@argyle/kit/user-errors'
import type { MutationResolvers, QueryResolvers, Resolvers } from '../generated/resolvers.ts'
import { type Condition, spentAmounts } from './rule.ts'
import { createSegmentInput, deleteSegmentInput, updateSegmentInput } from './segment-input.ts'

export const segmentQueries: QueryResolvers = {
  segment: (_, { id }, { load }) => load.segmentById.load(readId('id', 'seg', id)),
  async segments(_, args, { segmentReads }) {
    const page = pageArgs(args)
    return connectionOf(await segmentReads.page(page), page, { cursorOf: ({ name }) => [name] })
  },
  segmentsProcessedThrough: (_, __, { segmentReads, now }) => segmentReads.processedThrough(now()),
}

export const segmentMutations: MutationResolvers = {
  async createSegment(_, args, { segments, viewer, load }) {
    const input = validate(createSegmentInput, args.input)
    if (!input.ok) return payload('segment', input)
    const decision = await segments.create(requireUser(viewer).id, input.value)
    return payload('segment', await loadAccepted(decision, (id) => load.segmentById.load(id)))
  },

  async updateSegment(_, args, { segments, viewer }) {
    const input = validate(updateSegmentInput, args.input)
    if (!input.ok) return payload('segment', input)
    return payload('segment', await segments.update(requireUser(viewer).id, input.value))
  },

  async deleteSegment(_, args, { segments, viewer }) {
    const input = validate(deleteSegmentInput, args.input)
    if (!input.ok) return payload('deletedSegmentId', input)
    return payload('deletedSegmentId', await segments.delete(requireUser(viewer).id, input.value))
  },
}

/** A condition with all fields of the schema. */
function shown(condition: Condition) {
  const nothing = { atLeast: null, atMost: null, currencyCode: null, in: null, isNot: null, is: null }
  const text = (bound: number | string | null) => (bound === null ? null : String(bound))
  if (!('atLeast' in condition))
    return { ...nothing, ...condition, in: 'in' in condition ? [...condition.in] : null }
  return { ...nothing, ...condition, atLeast: text(condition.atLeast), atMost: text(condition.atMost) }
}

export const segmentFields = {
  Segment: {
    __resolveReference: ({ id }, { load, viewer }) =>
      isId('seg', id) && hasScope(viewer, 'marketing:read') ? load.segmentById.load(id) : null,
    all: ({ rule }) => rule.flatMap((part) => ('anyOf' in part ? [] : [shown(part)])),
    alternatives: ({ rule }) =>
      rule.flatMap((part) => ('anyOf' in part ? [{ anyOf: part.anyOf.map(shown) }] : [])),
    isBuilding: ({ builtThrough }) => builtThrough !== null,
    size: async ({ id }, _, { load }) => (await load.segmentSizeById.load(id))?.count ?? 0,
    async members({ id }, args, { load }) {
      const sort = 'SINCE'
      const page = pageArgs(args, { sort })
      const rows = await load.memberPages({ page }).load(id)
      return connectionOf(rows, page, { sort, cursorOf: ({ since, userId }) => instantCursor(since, userId) })
    },
  },
  SegmentMember: {
    user: ({ userId }) => ({ id: userId }),
    reasons: ({ reasons }) => [...reasons],
  },
  SegmentMembership: { reasons: ({ reasons }) => [...reasons] },
  PurchaseProfile: {
    orderCount: ({ orders }) => orders,
    spent: ({ spent }) => spentAmounts(spent),
  },
} satisfies Resolvers
