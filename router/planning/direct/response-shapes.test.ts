import { expect, test } from 'vitest'
import { requestsOf } from '../../testing/plan-of.ts'

test('fields of one name whose types differ have response names of their own, however deep they are', () => {
  const things = `type Box { things: [Thing] } union Thing = Crate | Tray
    type Crate { label: String } type Tray { label: String! }`
  const schema = `type Query { shelf: Shelf } type Shelf { box: Box } ${things}`
  const operation = '{ shelf { box { things { ... on Crate { label } ... on Tray { label } } } } }'
  expect(requestsOf({ a: schema }, operation)).toEqual([
    'a after none {shelf{box{things{__typename ...on Crate{label} ...on Tray{_label_s1:label}}}}}',
  ])
})
