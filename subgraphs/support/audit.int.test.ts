import { newId } from '@argyle/kit/ids'
import { testAuditedMutations } from '@argyle/kit/testing/audited-mutations'
import { customer, staff } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll } from 'vitest'
import { aCampaign, campaignsOf } from './testing/a-campaign.ts'
import { aSegment } from './testing/a-segment.ts'
import {
  aMarketer,
  anAgent,
  aReply,
  idOf,
  type MutationName,
  type OpenSupport,
  openSupport,
} from './testing/open-support.ts'

let shop: OpenSupport
let segmentId: string
beforeAll(async () => {
  shop = await openSupport()
  segmentId = (await campaignsOf(shop).anAudience(1)).segmentId
})
afterAll(() => shop.close())

const key = () => ({ idempotencyKey: newId('key') })
const step = (id: string, expectedVersion = 1) => ({ id, expectedVersion })

async function aTemplate() {
  const content = { name: newId('tpl'), body: 'One.' }
  return { ...content, ...(await shop.accepted('createTicketTemplate', { ...key(), ...content }, anAgent())) }
}
async function aDraft() {
  const { idempotencyKey: _, ...content } = aCampaign(segmentId, { name: newId('cmp') })
  const { id } = await shop.accepted('createCampaign', { ...key(), ...content }, aMarketer())
  return { id, content }
}
/** A state that a mutation leaves, two minutes from now: its first attempt, which the log does not take, is a minute before. */
const changed = (state: object) => ({
  ...state,
  updatedAt: new Date(shop.passMinutes(0).getTime() + 120_000).toISOString(),
})
const ticketIs = (before: object, after: object) => async () => {
  const { id } = await shop.aTicket()
  return { id, entries: [{ subjectId: id, before: { version: 1, ...before }, after: changed(after) }] }
}
const opened = { status: 'OPEN', assigneeId: null }

type Staff = Exclude<
  MutationName,
  'openTicket' | 'openGuestTicket' | 'writeToGuestTicket' | 'writeToTicket' | 'rateTicket'
>

testAuditedMutations<Staff>(
  new URL('schema.graphql', import.meta.url),
  () => shop,
  (name, input, viewer) => {
    shop.passMinutes(1)
    return shop.mutate(name, input, viewer)
  },
  {
    async answerTicket() {
      const { id, entries } = await ticketIs(opened, { status: 'WAITING_CUSTOMER', version: 2 })()
      return { viewer: anAgent(), input: aReply(id, { expectedVersion: 1 }), entries }
    },
    async noteOnTicket() {
      const { id, entries } = await ticketIs(opened, { status: 'OPEN', version: 2 })()
      return { viewer: anAgent(), input: aReply(id), entries }
    },
    async resolveTicket() {
      const { id, entries } = await ticketIs(opened, { status: 'RESOLVED', version: 2 })()
      return { viewer: anAgent(), input: step(id), entries }
    },
    async reopenTicket() {
      const { id } = await shop.aTicket()
      await shop.accepted('resolveTicket', step(id), anAgent())
      const states = {
        before: { status: 'RESOLVED', version: 2 },
        after: changed({ status: 'WAITING_AGENT', version: 3 }),
      }
      return { viewer: anAgent(), input: step(id, 2), entries: [{ subjectId: id, ...states }] }
    },
    async assignTicket() {
      const viewer = anAgent()
      const { id, entries } = await ticketIs(opened, { assigneeId: idOf(viewer), version: 2 })()
      return { viewer, input: { ...step(id), assigneeId: idOf(viewer) }, entries }
    },
    async prioritizeTicket() {
      const { id, entries } = await ticketIs({ priority: 'NORMAL' }, { priority: 'URGENT', version: 2 })()
      return { viewer: anAgent(), input: { ...step(id), priority: 'URGENT' }, entries }
    },
    async mergeTicket() {
      const viewer = customer(newId('usr'))
      const [from, into] = [await shop.aTicket(viewer), await shop.aTicket(viewer)]
      return {
        viewer: anAgent(),
        input: { ...step(from.id), intoId: into.id, expectedIntoVersion: 1 },
        entries: [
          {
            subjectId: from.id,
            before: { status: 'OPEN' },
            after: changed({ status: 'MERGED', mergedIntoId: into.id }),
          },
          { subjectId: into.id, before: { status: 'OPEN', version: 1 }, after: changed({ version: 2 }) },
        ],
      }
    },
    async createTicketTemplate() {
      const content = { name: newId('tpl'), body: 'One.' }
      const entries = [
        { subjectId: null, before: null, after: changed({ ...content, active: true, version: 1 }) },
      ]
      return { viewer: anAgent(), input: { ...key(), ...content }, entries }
    },
    async updateTicketTemplate() {
      const { id, name, body } = await aTemplate()
      return {
        viewer: anAgent(),
        input: { ...step(id), name, body: 'Two.', isActive: false },
        entries: [
          {
            subjectId: id,
            before: { name, body, active: true, version: 1 },
            after: changed({ name, body: 'Two.', active: false, version: 2 }),
          },
        ],
      }
    },
    async updateResponseTarget() {
      const { resources } = shop
      const sql =
        "SELECT first_response_minutes AS minutes, version FROM response_target WHERE priority = 'LOW'"
      const [target] = await resources.prisma.$queryRawUnsafe<{ minutes: number; version: number }[]>(sql)
      const { minutes = 0, version = 0 } = target ?? {}
      const times = { firstResponseMinutes: minutes + 1, resolutionMinutes: minutes + 2 }
      return {
        viewer: staff('support:read', 'support:manage'),
        changed: ['response_target (LOW'],
        input: { priority: 'LOW', expectedVersion: version, ...times },
        entries: [
          {
            subjectId: 'LOW',
            before: { firstResponseMinutes: minutes, version },
            after: { ...times, version: version + 1 },
          },
        ],
      }
    },
    async createSegment() {
      const { name, ...input } = aSegment()
      const entries = [{ subjectId: null, before: null, after: changed({ name, version: 1 }) }]
      return { viewer: aMarketer(), input: { ...input, name }, entries }
    },
    async updateSegment() {
      const { id, name } = await shop.accepted('createSegment', aSegment(), aMarketer())
      const { all } = aSegment()
      return {
        viewer: aMarketer(),
        input: { ...step(id), name: `${name}-2`, all },
        entries: [
          { subjectId: id, before: { name, version: 1 }, after: changed({ name: `${name}-2`, version: 2 }) },
        ],
      }
    },
    async deleteSegment() {
      const { id, name } = await shop.accepted('createSegment', aSegment(), aMarketer())
      return {
        viewer: aMarketer(),
        input: step(id),
        entries: [{ subjectId: id, before: { name, version: 1 }, after: null }],
      }
    },
    async createCampaign() {
      const { name, ...input } = aCampaign(segmentId, { name: newId('cmp') })
      const entries = [
        { subjectId: null, before: null, after: changed({ name, segmentId, status: 'DRAFT' }) },
      ]
      return { viewer: aMarketer(), input: { ...input, name }, entries }
    },
    async updateCampaign() {
      const { id, content } = await aDraft()
      return {
        viewer: aMarketer(),
        input: { ...step(id), ...content, linkPath: '/socks' },
        entries: [
          {
            subjectId: id,
            before: { linkPath: content.linkPath, version: 1 },
            after: changed({ linkPath: '/socks', version: 2 }),
          },
        ],
      }
    },
    async scheduleCampaign() {
      const { id } = await aDraft()
      return {
        viewer: aMarketer(),
        input: { ...step(id), startsAt: '2027-01-01T06:00:00.000Z' },
        entries: [
          { subjectId: id, before: { status: 'DRAFT' }, after: changed({ status: 'SCHEDULED', version: 2 }) },
        ],
      }
    },
    async cancelCampaign() {
      const { id } = await aDraft()
      return {
        viewer: aMarketer(),
        input: step(id),
        entries: [
          { subjectId: id, before: { status: 'DRAFT' }, after: changed({ status: 'CANCELLED', version: 2 }) },
        ],
      }
    },
  },
)
