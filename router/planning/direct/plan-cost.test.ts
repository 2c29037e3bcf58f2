import { expect, test } from 'vitest'
import { type Draft, type EntityDraft, type FieldDraft, newSelection, type SelectionDraft } from './draft.ts'
import { costOf } from './plan-cost.ts'

const field = (key: string, below: SelectionDraft | null = null): readonly [string, FieldDraft] => [
  key,
  { key, call: key, shape: 'Int', below },
]

/** A selection of leaves. */
function selectionOf(...keys: readonly string[]): SelectionDraft {
  return { ...newSelection(), fields: new Map(keys.map((key) => field(key))) }
}

const ROOT = { kind: 'query', path: [] } as const
const ENTITIES: EntityDraft = {
  ...{ kind: 'entities', types: ['P'], path: [], requires: [], inputRewrites: [], contexts: [] },
}
const WITH_CONTEXT: EntityDraft = { ...ENTITIES, contexts: [{ name: 'c', type: 'Int', values: [] }] }

function draftOf(subgraph: string, level: number, of: Draft['of'], selection = selectionOf('n')): Draft {
  return { subgraph, level, of, selection, after: new Set(), variables: [], isTyped: false }
}

test('a plan costs the depth of its requests, then their number, then their fields', () => {
  const drafts = [
    draftOf('a', 0, ROOT, selectionOf('n', 'm')),
    draftOf('b', 1, ENTITIES),
    draftOf('c', 2, ENTITIES),
    draftOf('a', 2, ENTITIES),
  ]
  expect(costOf(drafts)).toEqual([2, 4, 5])
})

test.each([
  ['requests for entities of one level and subgraph, which are sent together', ENTITIES, ENTITIES, 1],
  ['requests for root fields', ROOT, ROOT, 2],
  ['requests with values from around their entities', WITH_CONTEXT, WITH_CONTEXT, 2],
  ['one with such values and one without', ENTITIES, WITH_CONTEXT, 2],
])('%s count by the number that is sent', (_, one, other, count) => {
  expect(costOf([draftOf('a', 1, one), draftOf('a', 1, other)])[1]).toBe(count)
})

test('requests of other levels or subgraphs count each', () => {
  const drafts = [draftOf('a', 1, ENTITIES), draftOf('a', 2, ENTITIES), draftOf('b', 1, ENTITIES)]
  expect(costOf(drafts)[1]).toBe(3)
})

test('the fields are those at every depth, with type names, and those of several types once for each', () => {
  const typed = { names: ['P', 'Q', 'R'], selection: selectionOf('x', 'y') }
  const below: SelectionDraft = { typename: true, fields: new Map([field('n')]), types: null }
  const selection: SelectionDraft = {
    typename: true,
    fields: new Map([field('m'), field('o', below)]),
    types: new Map([['P|Q|R', typed]]),
  }
  expect(costOf([draftOf('a', 0, ROOT, selection)])).toEqual([0, 1, 1 + 1 + (1 + 2) + 3 * 2])
})
