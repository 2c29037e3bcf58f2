import { checkOf, testTextInputs } from '@argyle/kit/testing/text-inputs'
import { createWarehouseInput } from './warehouse-input.ts'

testTextInputs(new URL('schema.graphql', import.meta.url), {
  CreateWarehouseInput: {
    check: checkOf(createWarehouseInput),
    example: { idempotencyKey: 'a key', code: 'LEJ-1', name: 'Leipzig', stocksNewVariants: false },
    fields: { code: 'TOKEN', name: 'LINE' },
  },
})
