import { buildSchema } from 'graphql'
import { expect, test } from 'vitest'
import type { Step } from '../../planning/plan.ts'
import { rootFetch } from '../../testing/plan-tree.ts'
import { compileSteps } from '../compiled-step.ts'
import { typeTest } from '../type-names.ts'
import { runSteps } from './run-steps.ts'

const first = { fetch: rootFetch('{a}'), after: new Set<Step>() }
const second = { fetch: rootFetch('{b}'), after: new Set([first]) }
const third = { fetch: rootFetch('{c}'), after: new Set([second]) }
const STEPS = compileSteps([first, second, third], {
  isOfType: typeTest(buildSchema('type Query { a: Int b: Int c: Int }')),
})

test('steps run after those that they wait for, also after one that has nothing to wait for', async () => {
  const begun: number[] = []
  await runSteps(STEPS, (_, index) => {
    begun.push(index)
    return index === 1 ? null : Promise.resolve()
  })
  expect(begun).toEqual([0, 1, 2])
})

test.each([0, 1, 2])('an error where step %i begins, or in it, is that of the run', async (failing) => {
  const error = new Error('no')
  const begins = runSteps(STEPS, (_, index) => {
    if (index === failing) throw error
    return Promise.resolve()
  })
  await expect(begins).rejects.toBe(error)
  const fails = runSteps(STEPS, (_, index) => (index === failing ? Promise.reject(error) : Promise.resolve()))
  await expect(fails).rejects.toBe(error)
})
