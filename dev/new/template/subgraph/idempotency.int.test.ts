import { newId } from '@argyle/kit/ids'
import { testKeyedMutations } from '@argyle/kit/testing/keyed-mutations'
import { customer } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll } from 'vitest'
import { anInput, type OpenGadgetry, openGadgetry } from './testing/open-gadgetry.ts'

let shop: OpenGadgetry
beforeAll(async () => {
  shop = await openGadgetry()
})
afterAll(() => shop.close())

testKeyedMutations(
  new URL('schema.graphql', import.meta.url),
  () => shop,
  (name, input, viewer) => shop.mutate(name, input, viewer),
  {
    async createGadget() {
      const input = anInput(await shop.aProduct())
      return {
        callers: [customer(newId('usr')), customer(newId('usr'))],
        input,
        other: { ...input, title: 'Cold' },
        effect: ({ gadget }) => gadget.id,
      }
    },
  },
)
