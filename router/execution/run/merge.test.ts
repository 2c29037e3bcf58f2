import { expect, test } from 'vitest'
import { parseExactly } from '../../json/exact-json.ts'
import type { Json } from '../own-property.ts'
import { merge } from './merge.ts'

function merged(target: Json, source: Json): Json {
  merge(target, source)
  return target
}

test('objects are merged at every depth, and in lists of one length', () => {
  expect(
    merged(
      { a: { b: 1 }, list: [{ x: 1 }, null, [{ y: 1 }]] },
      { a: { c: 2 }, list: [{ z: 2 }, { n: 1 }, [{ w: 2 }]] },
    ),
  ).toEqual({ a: { b: 1, c: 2 }, list: [{ x: 1, z: 2 }, { n: 1 }, [{ y: 1, w: 2 }]] })
})

test('a null takes no object or list away; another value takes the place of a leaf', () => {
  const target = { a: { b: 1 }, c: 1, d: null, e: [{}], f: [{ g: 1 }] }
  expect(merged(target, { a: null, c: 2, d: 3, e: [null], f: null })).toEqual({
    a: { b: 1 },
    c: 2,
    d: 3,
    e: [{}],
    f: [{ g: 1 }],
  })
})

test('a null takes the place of a leaf', () => {
  expect(merged({ a: 1, b: [1, { c: 2 }] }, { a: null, b: [null, null] })).toEqual({
    a: null,
    b: [1, { c: 2 }],
  })
})

test('a number with more digits than JavaScript can represent is a leaf', () => {
  const [one, other] = ['12345678901234567890', '98765432109876543210'].map((text) => parseExactly(text, 1))
  const [x, y] = [one, other].map((number) => JSON.stringify(number))
  expect(JSON.stringify(merged({ a: one, b: one, c: {} }, { a: other, b: {}, c: one }))).toBe(
    `{"a":${y},"b":{},"c":${x}}`,
  )
})

test('a list of another length takes the place of the first', () => {
  expect(merged({ a: [1, 2] }, { a: [3] })).toEqual({ a: [3] })
  expect(merged({ a: [{ b: 1 }] }, { a: [{ c: 2 }, { c: 3 }] })).toEqual({ a: [{ c: 2 }, { c: 3 }] })
})

test('what two objects share is merged with itself', () => {
  const shared = { a: [{ b: 1 }] }
  const target = { x: shared }
  expect(merged(target, { x: shared })).toBe(target)
  expect(target.x).toEqual({ a: [{ b: 1 }] })
})

test('__proto__ and constructor are keys like any other, and change no prototype', () => {
  const target = merged(
    { a: {} },
    JSON.parse('{"__proto__":{"evil":1},"constructor":{"b":1},"a":{"__proto__":{"evil":1}}}'),
  )
  expect(Object.getPrototypeOf(target)).toBe(Object.prototype)
  expect(target.constructor).toEqual({ b: 1 })
  expect('evil' in target || 'evil' in (target.a as object)).toBe(false)
  expect('b' in Object).toBe(false)
})
