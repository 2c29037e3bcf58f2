import { expect, test } from 'vitest'
import { requestedFields } from './requested-fields.ts'

const keysOf = (operation: string, ...path: readonly string[]) => {
  const fields = path.reduce((one, key) => one.below(key), requestedFields(operation))
  return [...fields.nodes.keys()]
}

test('a request fills its root fields, by their response names', () => {
  expect(keysOf('{ top: products { sku } me { id } }')).toEqual(['top', 'me'])
})

test('a request for entities fills fields of these, whatever their type', () => {
  const operation = 'query($r:[_Any!]!){_entities(representations:$r){...on Sock{size}...on Hat{brim}}}'
  expect(keysOf(operation)).toEqual(['size', 'brim'])
})

test('objects below a field have the fields of all its selections', () => {
  const operation = '{ box { lid { colour } } box { lid { weight } ... on Crate { lid { hinge } } } }'
  expect(keysOf(operation, 'box', 'lid')).toEqual(['colour', 'weight', 'hinge'])
  expect(keysOf(operation, 'box', 'lid', 'colour')).toEqual([])
})

test('a field that was asked for under another name has its key in the merged data', () => {
  const fields = requestedFields(
    '{ box { _lid_s1: lid { colour } lid { weight } } }',
    new Map([['_lid_s1', 'lid']]),
  )
  expect([...fields.below('box').nodes.keys()]).toEqual(['lid'])
  expect([...fields.below('box').below('lid').nodes.keys()]).toEqual(['colour', 'weight'])
})

test('the same request has other keys where its fields have other names', () => {
  const keys = (renamed: ReadonlyMap<string, string> | null) => [
    ...requestedFields('{ _lid_s1: lid }', renamed).nodes.keys(),
  ]
  expect([keys(null), keys(new Map([['_lid_s1', 'lid']])), keys(null)]).toEqual([
    ['_lid_s1'],
    ['lid'],
    ['_lid_s1'],
  ])
})

test('an object of a known type has the fields of the fragments that apply to it', () => {
  const fields = requestedFields(
    '{ box { lid ... on Crate { hinge } ... on Container { size } ... { strap } } }',
  ).below('box')
  const isOfType = (typename: string, type: string) => typename === type || type === 'Container'
  expect([...fields.of('Crate', isOfType).nodes.keys()]).toEqual(['lid', 'hinge', 'size', 'strap'])
  expect([...fields.of('Chest', isOfType).nodes.keys()]).toEqual(['lid', 'size', 'strap'])
})

test('the same request has other fields where its types have other interfaces, as after a swap', () => {
  const fields = () => requestedFields('{ box { lid ... on Container { size } } }').below('box')
  const keysBy = (isContainer: boolean) => [
    ...fields()
      .of('Crate', () => isContainer)
      .nodes.keys(),
  ]
  expect([keysBy(false), keysBy(true), keysBy(false)]).toEqual([['lid'], ['lid', 'size'], ['lid']])
})

test('fragments that double with each level take no time', () => {
  const levels = Array.from({ length: 60 }, (_, index) => index)
  const fragments = levels.map(
    (level) =>
      `fragment F${level} on T { one { ...F${level + 1} } two { ...F${level + 1} ...F${level + 1} } }`,
  )
  const operation = `{ ...F0 } ${fragments.join(' ')} fragment F60 on T { end }`
  expect(keysOf(operation, ...levels.map((level) => (level % 2 ? 'one' : 'two')))).toEqual(['end'])
})
