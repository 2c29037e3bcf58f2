import { Kind, parse, print } from 'graphql'
import { expect, test } from 'vitest'
import { writeOperation } from './print-operation.ts'

test.each([
  '{ a }',
  'query Named { a b: c { d } }',
  'mutation ($id: ID!, $list: [[Int!]]! = [[1, -2], null], $o: In = {a: {b: "x"}, c: RED}) { a(id: $id, l: $list, o: $o) }',
  'query ($v: Boolean = true @mark(a: 1)) @tag(b: 2.5e3) { a @skip(if: $v) @own { ... @include(if: $v) { b } ...F ... on T @tag { c } } }',
  String.raw`{ a(s: "quote \" slash \\ line \n tab \t é \u0007", e: "", b: """block "text" """) }`,
  '{ a(s: "\u2028 \ud83d\ude00 \u007f") }',
])('what is written reads as what was read: %s', (text) => {
  const { definitions } = parse(text, { noLocation: true })
  const [operation] = definitions
  if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error('the text is one operation')
  const written = writeOperation(operation)
  const [again] = parse(written, { noLocation: true }).definitions
  const plain = (node: typeof again) =>
    node && print(node).replaceAll('"""block "text" """', '"block \\"text\\" "')
  expect(plain(again)).toBe(plain(operation))
  expect(written).not.toContain('\n')
})
