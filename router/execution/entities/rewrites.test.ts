import { expect, test } from 'vitest'
import type { Rewrite } from '../../planning/plan.ts'
import { applyRewrites, renamedBy } from './rewrites.ts'

const isOfType = (typename: string, type: string) => typename === type || type === 'Media'

function rewritten(rewrites: readonly Rewrite[], value: unknown): unknown {
  applyRewrites(rewrites, value, isOfType)
  return value
}

test('a value is set on objects of the type, and on those of unknown type', () => {
  const set: Rewrite = {
    kind: 'set',
    path: [{ kind: 'types', names: ['Book'] }],
    name: '__typename',
    value: 'Media',
  }
  expect(rewritten([set], [{ __typename: 'Book' }, { __typename: 'Film' }, {}, null])).toEqual([
    { __typename: 'Media' },
    { __typename: 'Film' },
    { __typename: 'Media' },
    null,
  ])
})

test('a key is renamed through lists and interfaces, where it is there', () => {
  const rename: Rewrite = {
    kind: 'rename',
    path: [
      { kind: 'field', name: 'items' },
      { kind: 'types', names: ['Media'] },
    ],
    name: 'title_0',
    to: 'title',
  }
  expect(
    rewritten([rename], { items: [[{ __typename: 'Film', title_0: null }], [{ __typename: 'Film' }]] }),
  ).toEqual({
    items: [[{ __typename: 'Film', title: null }], [{ __typename: 'Film' }]],
  })
})

test('the names under which fields are sent are those of renames alone', () => {
  const set: Rewrite = { kind: 'set', path: [], name: 'size', value: 1 }
  const rename: Rewrite = { kind: 'rename', path: [], name: 'title_0', to: 'title' }
  expect([renamedBy([set]), renamedBy([set, rename])]).toEqual([null, new Map([['title_0', 'title']])])
})

test('nothing inherited is taken for a key', () => {
  const rename: Rewrite = { kind: 'rename', path: [], name: 'constructor', to: 'made' }
  expect(rewritten([rename], {})).toStrictEqual({})
})
