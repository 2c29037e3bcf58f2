import { expect, test } from 'vitest'
import type { ContextValue, PlanPath } from '../../planning/plan.ts'
import { entities } from '../../testing/plan-tree.ts'
import { compileSteps } from '../compiled-step.ts'
import type { Json } from '../own-property.ts'
import { groupByContext } from './context-arguments.ts'

const isOfType = (typename: string, type: string) => typename === type || type === 'Holder'

const field = (name: string) => ({ kind: 'field', name }) as const
const types = (...names: string[]) => ({ kind: 'types', names }) as const
const EACH = { kind: 'each' } as const

/** The groups of the entities at paths of the data: the names of the entities, and the variables. */
function gathered(data: Json, contexts: readonly ContextValue[], ...paths: readonly PlanPath[]) {
  const fetch = entities('stock', 'x', 'n')
  const lanes = fetch.lanes.map((lane) => ({ ...lane, paths, contexts }))
  const [step] = compileSteps([{ fetch: { ...fetch, lanes }, after: new Set() }], { isOfType })
  const lane = step?.part.kind === 'entities' ? step.part.lanes[0] : undefined
  if (!lane) throw new Error('a lane was compiled')
  return groupByContext(lane, data, isOfType).map(({ objects, variables }) => [
    objects.map(({ name }) => name).join(),
    variables,
  ])
}

const unit = (up: number, ...path: ContextValue['path']): ContextValue => ({ up, path, variable: 'unit' })
const socks = (...names: string[]) => names.map((name) => ({ name }))

test('entities with equal values share a request, in lists of any depth', () => {
  const shelf = (of: unknown, ...names: string[]) => ({ of, rows: [socks(...names), null] })
  const data = { shelves: [shelf('m', 'a', 'b'), shelf('cm', 'c'), shelf('m', 'd')] }
  const expected = [
    ['a,b,d', ',"unit":"m"'],
    ['c', ',"unit":"cm"'],
  ]
  const whole = [field('shelves'), EACH, field('rows'), EACH, EACH]
  expect(gathered(data, [unit(1, field('of'))], whole)).toEqual(expected)
  // A planner may leave out the steps over elements.
  expect(gathered(data, [unit(1, field('of'))], [field('shelves'), field('rows')])).toEqual(expected)
})

test('a value is taken as many objects above as it is said, and from below these', () => {
  const data = { of: { unit: 'outer' }, shelf: { of: { unit: 'inner' }, sock: { name: 'a' } } }
  const path = [field('shelf'), field('sock')]
  const value = [field('of'), field('unit')]
  expect(gathered(data, [unit(1, ...value)], path)).toEqual([['a', ',"unit":"inner"']])
  expect(gathered(data, [unit(2, ...value)], path)).toEqual([['a', ',"unit":"outer"']])
})

test('the first place that has a value decides; null is a value, and an absent one is none', () => {
  const path = [field('shelf'), field('sock')]
  const contexts = [unit(1, field('of')), unit(2, field('of'))]
  const firstOf = (inner: object, outer: object) =>
    gathered({ ...outer, shelf: { ...inner, sock: { name: 'a' } } }, contexts, path)
  expect(firstOf({ of: 1 }, { of: 2 })).toEqual([['a', ',"unit":1']])
  expect(firstOf({ of: null }, { of: 2 })).toEqual([['a', ',"unit":null']])
  expect(firstOf({}, { of: 2 })).toEqual([['a', ',"unit":2']])
  expect(firstOf({}, {})).toEqual([['a', '']])
})

test('a path ends with null at a null, and with nothing at what is no object', () => {
  const firstOf = (of: unknown) =>
    gathered(
      { shelf: { of, sock: { name: 'a' } } },
      [unit(1, field('of'), field('unit'))],
      [field('shelf'), field('sock')],
    )
  expect(firstOf(null)).toEqual([['a', ',"unit":null']])
  expect(firstOf('text')).toEqual([['a', '']])
  expect(firstOf(undefined)).toEqual([['a', '']])
})

test('a value may be that of some types only, on the way to the entities or to the value', () => {
  const shelf = (typename: string | undefined, name: string) => ({
    ...(typename !== undefined && { __typename: typename }),
    ...{ of: name, sock: { name } },
  })
  const data = { shelves: [shelf('Red', 'a'), shelf('Blue', 'b'), shelf('Grey', 'c'), shelf(undefined, 'd')] }
  const names = (...steps: PlanPath) =>
    gathered(data, [], [field('shelves'), EACH, ...steps, field('sock')]).map(([group]) => group)
  expect(names(types('Red', 'Blue'))).toEqual(['a,b,d'])
  expect(names(types('Holder'))).toEqual(['a,b,c,d'])
  const path = [field('shelves'), EACH, field('sock')]
  expect(gathered(data, [unit(1, types('Red'), field('of'))], path)).toEqual([
    ['a', ',"unit":"a"'],
    ['b,c', ''],
    ['d', ',"unit":"d"'],
  ])
})

test('each variable has its own value; nothing inherited is one', () => {
  const data = { shelf: { a: 1, sock: { name: 'x' } } }
  const contexts = [
    { up: 1, path: [field('a')], variable: 'one' },
    { up: 1, path: [field('constructor')], variable: 'two' },
    { up: 2, path: [field('shelf'), field('a')], variable: 'three' },
  ]
  expect(gathered(data, contexts, [field('shelf'), field('sock')])).toEqual([['x', ',"one":1,"three":1']])
})

test('there is no group where there is no entity', () => {
  expect(gathered({ shelf: null }, [unit(1, field('of'))], [field('shelf'), field('sock')])).toEqual([])
})
