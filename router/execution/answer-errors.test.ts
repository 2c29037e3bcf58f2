import { describe, expect, test } from 'vitest'
import { AnswerErrors, bounded, furtherMessage, MAX_ERRORS } from './answer-errors.ts'

const error = (message: string) => ({ message })
const errorsOf = (count: number) => Array.from({ length: count }, (_, index) => error(`error ${index}`))
const leftOut = (message: string) => ({ message, extensions: { code: 'TOO_MANY_ERRORS' } })

function added(count: number): AnswerErrors {
  const errors = new AnswerErrors()
  for (const one of errorsOf(count)) errors.add(() => one)
  return errors
}

test.each([
  [MAX_ERRORS - 1, []],
  [MAX_ERRORS, []],
  [MAX_ERRORS + 1, [leftOut('1 more error is left out.')]],
  [MAX_ERRORS + 2, [leftOut('2 more errors are left out.')]],
])('of %d errors a hundred are listed, the number of the others follows', (count, rest) => {
  const listed = errorsOf(Math.min(count, MAX_ERRORS))
  expect(added(count).all()).toEqual([...listed, ...rest])
  expect(bounded(errorsOf(count))).toEqual([...listed, ...rest])
})

describe('errors', () => {
  test('that count others are listed in any case, before the number of those left out', () => {
    const errors = added(MAX_ERRORS + 1)
    errors.leaveOut(4)
    const last = [error('counts others')]
    expect(errors.all(last).slice(MAX_ERRORS)).toEqual([...last, leftOut('5 more errors are left out.')])
    expect(added(1).all(last)).toEqual([error('error 0'), ...last])
  })

  test('that are not listed are not made', () => {
    let made = 0
    const errors = added(MAX_ERRORS)
    errors.add(() => {
      made++
      return error('one more')
    })
    expect(made).toBe(0)
  })

  test('since the last commit are discarded, also those that were not listed', () => {
    const errors = added(1)
    errors.commit()
    for (const one of errorsOf(MAX_ERRORS)) errors.add(() => one)
    errors.rollBack()
    expect(errors.all()).toEqual([error('error 0')])
    errors.leaveOut(1)
    errors.commit()
    errors.leaveOut(1)
    errors.rollBack()
    expect(errors.all()).toEqual([error('error 0'), leftOut('1 more error is left out.')])
  })
})

test('further places of one error are counted', () => {
  expect(furtherMessage('It failed.', 1)).toBe('It failed. 1 more field is null for this reason.')
  expect(furtherMessage('It failed.', 2)).toBe('It failed. 2 more fields are null for this reason.')
})
