import { anonymous } from '@argyle/kit/identity'
import { newId } from '@argyle/kit/ids'
import { testKeyedMutations } from '@argyle/kit/testing/keyed-mutations'
import { customer } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll } from 'vitest'
import { aCampaign } from './testing/a-campaign.ts'
import { aSegment } from './testing/a-segment.ts'
import {
  aMarketer,
  anAgent,
  aQuestion,
  aReply,
  type OpenSupport,
  openSupport,
} from './testing/open-support.ts'

let shop: OpenSupport
beforeAll(async () => {
  shop = await openSupport()
})
afterAll(() => shop.close())

type Shown = { edges: { node: { id: string } }[] }
/** Other inputs: each differs in one of its texts, or in its attachments. */
const otherThan = (input: object, texts: readonly string[]) => [
  ...texts.map((name) => ({ ...input, [name]: 'Another' })),
  { ...input, attachments: [{ name: 'hole.jpg', url: 'https://files.example/hole.jpg' }] },
]
/** The id of the newest message. */
const newest = ({ ticket }: { ticket: { messages: Shown } }) => ticket.messages.edges.at(-1)?.node.id

testKeyedMutations(
  new URL('schema.graphql', import.meta.url),
  () => shop,
  (name, input, viewer) => shop.mutate(name, input, viewer),
  {
    async openTicket() {
      const input = aQuestion()
      return {
        callers: [customer(newId('usr')), customer(newId('usr'))],
        input,
        other: otherThan(input, ['subject', 'body']),
        effect: ({ ticket }) => ticket.id,
      }
    },
    async openGuestTicket() {
      const [own, theirs] = [await shop.aGuestOrder(), await shop.aGuestOrder()]
      const about = { subject: 'A hole', body: 'In the left one.' }
      return {
        callers: [anonymous, anonymous],
        input: { ...own.which, ...about },
        other: ['subject', 'body'].map((name) => ({ ...own.which, ...about, [name]: 'Another' })),
        theirs: { ...theirs.which, ...about },
        effect: ({ ticket }) => ticket.id,
      }
    },
    async writeToGuestTicket() {
      const [own, theirs] = [await shop.aGuestOrder(), await shop.aGuestOrder()]
      const open = (which: object) =>
        shop.accepted('openGuestTicket', { ...aQuestion(), ...which }, anonymous)
      const reply = async ({ which }: typeof own) => ({
        ...which,
        id: (await open(which)).id,
        body: 'Thank you.',
      })
      const input = await reply(own)
      return {
        callers: [anonymous, anonymous],
        input,
        other: { ...input, body: 'Another' },
        theirs: await reply(theirs),
        effect: newest,
      }
    },
    async writeToTicket() {
      const callers = [customer(newId('usr')), customer(newId('usr'))] as const
      const [own, theirs] = [await shop.aTicket(callers[0]), await shop.aTicket(callers[1])]
      const input = aReply(own.id)
      return {
        callers,
        input,
        other: otherThan(input, ['body']),
        theirs: aReply(theirs.id),
        effect: newest,
      }
    },
    async answerTicket() {
      const input = aReply((await shop.aTicket()).id, { expectedVersion: 1 })
      const theirs = { ...input, expectedVersion: 2 }
      return {
        callers: [anAgent(), anAgent()],
        input,
        other: otherThan(input, ['body']),
        theirs,
        effect: newest,
      }
    },
    async noteOnTicket() {
      const input = aReply((await shop.aTicket()).id)
      return { callers: [anAgent(), anAgent()], input, other: otherThan(input, ['body']), effect: newest }
    },
    async createTicketTemplate() {
      const input = { name: 'Later', body: 'x' }
      return {
        callers: [anAgent(), anAgent()],
        input,
        other: { ...input, body: 'y' },
        theirs: { ...input, name: 'Sooner' },
        effect: ({ template }) => template.id,
      }
    },
    async createCampaign() {
      const { id } = await shop.accepted('createSegment', aSegment(), aMarketer())
      const input = aCampaign(id)
      return {
        callers: [aMarketer(), aMarketer()],
        input,
        other: { ...input, name: 'Another' },
        effect: ({ campaign }) => campaign.id,
      }
    },
    async createSegment() {
      const input = aSegment()
      return {
        callers: [aMarketer(), aMarketer()],
        input,
        other: { ...input, description: 'Another' },
        theirs: { ...input, name: newId('key') },
        effect: ({ segment }) => segment.id,
      }
    },
  },
)
