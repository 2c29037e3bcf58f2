import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { Chance } from '../seed/random/chance.ts'
import { type Answer, type GraphqlClient, graphqlClient } from '../shop/testing/graphql-client.ts'
import type { Intents } from './intents.ts'
import { documentOf, type Mutation } from './operations.ts'

/** Longer than the router waits for a subgraph. */
const ANSWER_MS = 20_000
const MAX_PAUSE_MS = 1_500
/** Errors after which a mutation is to be sent again. */
const AGAIN = new Set(['ShippingAddressPendingError', 'PaymentGatewayError'])

type Data = Answer['data']
export type Input = Readonly<Record<string, unknown>>

/** A client that sends the same request again until it is answered. */
export type StubbornClient = {
  /** The payload of a mutation; null when it was refused, or when the time is over. A key is made up unless `input` has none to take. */
  run(mutation: Mutation, input: Input, keyed?: boolean): Promise<Data>
  /** The data of a query; null when the time is over first. */
  read(query: string, variables: Input, isRight: (data: Data) => boolean): Promise<Data>
  useToken(token: string): void
}

type Options = {
  readonly url: string
  readonly chance: Chance
  /** The network address that each request comes from. */
  readonly address: () => string
  readonly intents: Intents
  /** Share of keyed mutations that are sent twice at once, from 0 to 1. */
  readonly twice: number
  /** Whether the client must stop. */
  readonly isOver: () => boolean
}

export function stubbornClient({ url, chance, address, intents, twice, isOver }: Options): StubbornClient {
  const client: GraphqlClient = graphqlClient(url, { answerMs: ANSWER_MS, address })
  const ask = (query: string, variables: Input) => client.ask(query, variables).catch(() => null)

  async function until<T>(attempt: () => Promise<T | null>): Promise<T | null> {
    for (let tries = 0; !isOver(); tries++) {
      const result = await attempt()
      if (result !== null) return result
      await pause(Math.min(50 * 2 ** tries, MAX_PAUSE_MS) * (0.5 + chance.next()))
    }
    return null
  }

  return {
    useToken: client.useToken,

    async run(mutation, input, keyed = true) {
      const idempotencyKey = randomUUID()
      const intent = keyed ? intents.open(mutation, idempotencyKey) : null
      const variables = { input: keyed ? { idempotencyKey, ...input } : input }
      const query = documentOf(mutation)
      const payload = await until(async () => {
        const copies = keyed && chance.flip(twice) ? 2 : 1
        const answers = await Promise.all(Array.from({ length: copies }, () => ask(query, variables)))
        const payloads: Data[] = answers.map((answer) => answer?.data?.[mutation] ?? null)
        for (const answered of payloads) if (answered?.order?.id) intent?.orderIds.add(answered.order.id)
        return payloads.find((answered) => answered && !answered.userErrors.some(isTransient)) ?? null
      })
      const [refusal] = payload?.userErrors ?? []
      intents.end(mutation, payload ? (refusal?.__typename ?? 'done') : 'given up')
      return payload && !refusal ? payload : null
    },

    read: (query, variables, isRight) =>
      until(async () => {
        const data = (await ask(query, variables))?.data ?? null
        return data && isRight(data) ? data : null
      }),
  }
}

function isTransient({ __typename }: { readonly __typename: string }): boolean {
  return AGAIN.has(__typename)
}
