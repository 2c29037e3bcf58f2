import { expect, test } from 'vitest'
import { answerCheck } from './answer-check.ts'

const right = '{"data":{"a":1,"list":[{"b":2,"c":null}]}}'
const isRight = (text: string, index = 0) =>
  answerCheck([right, '{"data":{}}']).isRight(index, Buffer.from(text))

test('the order of keys, white space and extensions do not make an answer another', () => {
  expect(isRight(right)).toBe(true)
  expect(isRight('{ "data": {"list":[{"c":null,"b":2}], "a":1}, "extensions": {"time": 1} }')).toBe(true)
})

test.each([
  ['another value', '{"data":{"a":1,"list":[{"b":3,"c":null}]}}'],
  ['a field more', '{"data":{"a":1,"list":[{"b":2,"c":null}],"d":1}}'],
  ['null for a missing field', '{"data":{"a":1,"list":[{"b":2}]}}'],
  ['errors beside the data', '{"data":{"a":1,"list":[{"b":2,"c":null}]},"errors":[{"message":"no"}]}'],
  ['the answer to another request', '{"data":{}}'],
  ['no JSON', 'Bad Gateway'],
])('%s is another answer', (_, text) => {
  expect(isRight(text)).toBe(false)
})

test('a form that was right stays known, and does not make another right', () => {
  const check = answerCheck([right])
  const reordered = Buffer.from('{"data":{"list":[{"c":null,"b":2}],"a":1}}')
  expect([check.isRight(0, reordered), check.isRight(0, reordered)]).toEqual([true, true])
  expect(check.isRight(0, Buffer.from('{"data":{"list":[{"c":null,"b":2}],"a":9}}'))).toBe(false)
})

test('a request that is not expected has no right answer', () => {
  expect(isRight(right, 7)).toBe(false)
})
