import { expect, test } from 'vitest'
import type { RequiredSelection } from '../../planning/plan.ts'
import type { Json } from '../own-property.ts'
import { type Fault, faultsAt, markKeys, newFaults } from './field-errors.ts'
import { markLacking } from './lacking-inputs.ts'
import { requestedFields } from './requested-fields.ts'

const isOfType = (typename: string, type: string) => typename === type || type === 'Node'

const field = (name: string, selections: readonly RequiredSelection[] | null = null): RequiredSelection => ({
  ...{ kind: 'field', name, as: name, selections },
})
const on = (type: string, ...selections: readonly RequiredSelection[]): RequiredSelection => ({
  ...{ kind: 'fragment', type, selections },
})

const fault: Fault = {
  ...{ message: 'no', extensions: {}, ofFetch: true, fallback: null, roots: [], pending: null, places: 0 },
}

/**
 * Whether the fault of a key of an object, which a request requires, explains that the field `fee` of the entity is
 * missing.
 */
function isExplained(entity: Json, holder: object, key: string, requires: readonly RequiredSelection[]) {
  const faults = newFaults({ responseNameOf: (name) => name })
  markKeys(faults, holder, requestedFields(`{${key}}`), fault)
  markLacking(faults, [entity], requires, requestedFields('{fee}'), isOfType)
  expect(faultsAt(faults, entity, 'other')).toEqual([])
  return faultsAt(faults, entity, 'fee').length > 0
}

test('a required field that a fault left without a value explains', () => {
  for (const lacking of [{}, { weight: null }]) {
    const entity = { __typename: 'P', ...lacking }
    expect(isExplained(entity, entity, 'weight', [on('P', field('weight'))])).toBe(true)
    expect(isExplained(entity, entity, 'weight', [on('Node', field('weight'))])).toBe(true)
    expect(isExplained(entity, entity, 'weight', [on('Q', field('weight'))])).toBe(false)
    expect(isExplained(entity, entity, 'weight', [on('P', field('size'))])).toBe(false)
  }
})

test('a leaf that another request brought does not', () => {
  const entity = { __typename: 'P', weight: 3 }
  expect(isExplained(entity, entity, 'weight', [on('P', field('weight'))])).toBe(false)
})

test('what is lacking below a required object explains, also in lists', () => {
  const requires = [on('P', field('box', [field('size', [field('width')])]))]
  const inner = {}
  expect(isExplained({ __typename: 'P', box: { size: inner } }, inner, 'width', requires)).toBe(true)
  expect(isExplained({ __typename: 'P', box: [[{ size: [inner] }]] }, inner, 'width', requires)).toBe(true)
  const box = {}
  expect(isExplained({ __typename: 'P', box }, box, 'size', requires)).toBe(true)
  const entity = { __typename: 'P', box: { size: inner } }
  expect(isExplained(entity, entity, 'box', requires)).toBe(true)
})

test('an element of a list that a fault left null explains', () => {
  const faults = newFaults({ responseNameOf: (name) => name })
  const list = [{ width: 1 }, null]
  faults.marks.set(list, [{ fault, keys: 1, rest: [], below: null }])
  const entity = { __typename: 'P', box: list }
  markLacking(faults, [entity], [on('P', field('box', [field('width')]))], requestedFields('{fee}'), isOfType)
  expect(faultsAt(faults, entity, 'fee')).toEqual([fault])
})
