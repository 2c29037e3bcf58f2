import { parse, validate } from 'graphql'
import { expect, test } from 'vitest'
import { randomOperation } from '../generate/random-operation.ts'
import { randomWorld } from '../generate/random-world.ts'
import { wrongVariables } from '../generate/wrong-variables.ts'
import { drawFrom } from '../seeded-random.ts'
import { prepareWorld } from './differential-case.ts'
import { coercions } from './variable-errors.ts'

const WORLDS = 15
const OPERATIONS = 30
const VARIATIONS = 4

test('operations and variables are taken or refused as by graphql-js, in its words, at its places', async () => {
  const seen = { taken: 0, refused: 0, invalid: 0 }
  for (let index = 0; index < WORLDS; index++) {
    const { supergraph } = prepareWorld(randomWorld(`variables.${index}`)) ?? {}
    if (!supergraph) continue
    const { graphql, compiled, reference } = coercions(supergraph)
    for (let at = 0; at < OPERATIONS; at++) {
      const draw = drawFrom(`variables.${index}.${at}`)
      const operation = randomOperation(supergraph.clientSchema, draw.fork('operation'))
      const { text, variables } = operation
      const isValid = validate(supergraph.clientSchema, parse(text)).length === 0
      if (!isValid) seen.invalid++
      for (let variation = 0; variation < (isValid && variables.size > 0 ? VARIATIONS : 1); variation++) {
        const given = wrongVariables(operation, draw.fork(variation))
        const right = await graphql(text, given)
        const question = { text, given: JSON.stringify(given) }
        expect({ ...question, ...(await compiled(text, given)) }).toEqual({ ...question, ...right })
        // Apollo Server validates before it asks.
        if (isValid)
          expect({ ...question, ...(await reference(text, given)) }).toEqual({ ...question, ...right })
        seen['values' in right ? 'taken' : 'refused']++
      }
    }
  }
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(20)
}, 300_000)
