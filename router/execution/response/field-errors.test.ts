import { expect, test } from 'vitest'
import { AnswerErrors } from '../answer-errors.ts'
import { MAX_SPREAD, markAnswered } from './fetch-errors.ts'
import { type Fault, faultsAt, markKeys, newFaults, pinBelow, withRest } from './field-errors.ts'
import { requestedFields } from './requested-fields.ts'

function told(fallback: Fault['fallback'], answer: string | null, reported = false) {
  const faults = newFaults({ responseNameOf: (key) => key.replace(/^_(.*)_\d$/, '$1') })
  const extensions = { code: 'SUBGRAPH_UNAVAILABLE' }
  faults.all.push({
    message: 'no',
    extensions,
    ofFetch: true,
    fallback,
    roots: [],
    pending: null,
    places: reported ? 1 : 0,
  })
  return withRest(faults, new AnswerErrors(), answer).map(({ path }) => path)
}

/** An answer of as many characters. */
function largeAnswer(length: number): string {
  const [start, end] = ['{"box":null,"size":"', '"}']
  return start + 'x'.repeat(length - start.length - end.length) + end
}

test.each([
  ['where the fetch was to go', ['_box_0', 'lid'], '{"box":{"lid":{}}}', ['box', 'lid']],
  ['where a null ends the answer before', ['box', 'lid'], '{"box":null}', ['box', 'lid']],
  ['where nothing is left', ['box', 'lid'], null, ['box', 'lid']],
  ['no further than the client asked', ['box', 'lid'], '{"box":{"size":3}}', ['box']],
  ['at no place where the client asked for none of it', ['box', 'lid'], '{"size":3}', undefined],
  ['at no place where the answer is too large to be read', ['box', 'lid'], largeAnswer(1_000_001), undefined],
  ['at its place in the largest answer that is read', ['box', 'lid'], largeAnswer(1_000_000), ['box', 'lid']],
  ['at no place where the whole was to be filled', [], '{"size":3}', undefined],
])('an error that no null reported is reported %s', (_, fallback, answer, path) => {
  expect(told(fallback, answer)).toEqual([path])
})

test('an error that was reported is not reported again', () => {
  expect(told(['box'], '{"box":null}', true)).toEqual([])
})

test('a fault is pinned once to an object that occurs several times', () => {
  const faults = newFaults({ responseNameOf: (key) => key })
  const lid = { colour: 'red' }
  const box = { lids: [lid, [lid, lid]] }
  const fault = { message: 'no', extensions: {}, ofFetch: true, fallback: null, roots: [], pending: null }
  markKeys(faults, box, requestedFields('{ lids { weight } }'), { ...fault, places: 0 })
  pinBelow(faults, () => true)
  expect(faults.marks.get(lid)).toHaveLength(1)
})

test('a fault is pinned to an object for each selection of it', () => {
  const faults = newFaults({ responseNameOf: (key) => key })
  const lid = { colour: 'red' }
  const fault = { message: 'no', extensions: {}, ofFetch: true, fallback: null, roots: [], pending: null }
  const asked = requestedFields('{ lid { weight } top { size } }')
  markKeys(faults, { lid, top: lid }, asked, { ...fault, places: 0 })
  pinBelow(faults, () => true)
  const pinned = ['weight', 'size', 'colour'].map((key) => faultsAt(faults, lid, key).length)
  expect(pinned).toEqual([1, 1, 0])
})

test(`of one response, ${MAX_SPREAD} errors without a path are reported at each null, and further ones once`, () => {
  const faults = newFaults({ responseNameOf: (key) => key })
  const box = {}
  const errors = Array.from({ length: MAX_SPREAD + 2 }, (_, index) => ({ message: `no ${index}` }))
  const filled = [{ alias: null, objects: [box], indexes: null, path: [], renamed: null }]
  markAnswered(faults, errors, {}, '{ lid }', filled, () => true)
  expect(faults.marks.get(box)).toHaveLength(MAX_SPREAD)
  expect(withRest(faults, new AnswerErrors(), '{"lid":null}')).toHaveLength(errors.length)
})

test('errors that were not read are counted', () => {
  const faults = { ...newFaults({ responseNameOf: (key) => key }), unread: 3 }
  expect(withRest(faults, new AnswerErrors(), '{}')).toEqual([
    { message: '3 more errors are left out.', extensions: { code: 'TOO_MANY_ERRORS' } },
  ])
})

test('an error is not reported at places that were rolled back', () => {
  const faults = newFaults({ responseNameOf: (key) => key })
  const fault = { message: 'no', extensions: {}, ofFetch: true, fallback: null, roots: [] }
  faults.all.push({ ...fault, pending: [['box'], ['lid']], places: 1 })
  expect(withRest(faults, new AnswerErrors(), '{"box":null}').map(({ path }) => path)).toEqual([['box']])
})
