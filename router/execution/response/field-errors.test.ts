import { expect, test } from 'vitest'
import { AnswerErrors } from '../answer-errors.ts'
import { MAX_SPREAD, markAnswered } from './fetch-errors.ts'
import { type Fault, newFaults, withRest } from './field-errors.ts'

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

test.each([
  ['where the fetch was to go', ['_box_0', 'lid'], '{"box":{"lid":{}}}', ['box', 'lid']],
  ['where a null ends the answer before', ['box', 'lid'], '{"box":null}', ['box', 'lid']],
  ['where nothing is left', ['box', 'lid'], null, ['box', 'lid']],
  ['no further than the client asked', ['box', 'lid'], '{"box":{"size":3}}', ['box']],
  ['at no place where the client asked for none of it', ['box', 'lid'], '{"size":3}', undefined],
  ['at no place where the whole was to be filled', [], '{"size":3}', undefined],
])('an error that no null reported is reported %s', (_, fallback, answer, path) => {
  expect(told(fallback, answer)).toEqual([path])
})

test('an error that was reported is not reported again', () => {
  expect(told(['box'], '{"box":null}', true)).toEqual([])
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
