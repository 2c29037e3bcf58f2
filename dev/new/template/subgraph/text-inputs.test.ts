import { checkOf, testTextInputs } from '@argyle/kit/testing/text-inputs'
import { createGadgetInput, updateGadgetInput } from './gadget-input.ts'

const uuid = '019a3f5e-8f00-7c3b-9b1e-5d6c7a8b9c0d'

testTextInputs(new URL('schema.graphql', import.meta.url), {
  CreateGadgetInput: {
    check: checkOf(createGadgetInput),
    example: { idempotencyKey: 'a key', productId: `prd_${uuid}`, title: 'Warm' },
    fields: { title: 'LINE' },
  },
  UpdateGadgetInput: {
    check: checkOf(updateGadgetInput),
    example: { id: `gdt_${uuid}`, expectedVersion: 1, title: 'Warm' },
    fields: { title: 'LINE' },
  },
})
