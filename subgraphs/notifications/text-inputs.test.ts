import { testTextInputs } from '@argyle/kit/testing/text-inputs'

testTextInputs(new URL('schema.graphql', import.meta.url), {})
