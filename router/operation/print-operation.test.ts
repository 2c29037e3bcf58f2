import { Kind, parse, print } from 'graphql'
import { expect, test } from 'vitest'
import { writeCall, writeDirective, writeVariable } from './print-operation.ts'

test.each([
  '{ plain }',
  'query ($id: ID!, $list: [[Int!]]! = [[1, -2], null], $o: In = {a: {b: "x"}, c: RED}) { a(id: $id, l: $list, o: $o) }',
  'query ($v: Boolean = true @mark(a: 1) @own) { a @skip(if: $v) @own b(n: 2.5e3) @tag(b: 2.5e3, c: [$v]) }',
  String.raw`{ a(s: "quote \" slash \\ line \n tab \t é \u0007", e: "", b: """block "text" """) }`,
  String.raw`{ a(s: "\u2028 \ud83d\ude00 \u007f") }`,
])('what is written reads as what was read: %s', (text) => {
  const [operation] = parse(text, { noLocation: true }).definitions
  if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error('the text is one operation')
  const declared = operation.variableDefinitions?.map(writeVariable).join(',') ?? ''
  const fields = operation.selectionSet.selections.map((field) => {
    if (field.kind !== Kind.FIELD) throw new Error('the selections are fields')
    return [writeCall(field), ...(field.directives ?? []).map(writeDirective)].join('')
  })
  const written = `query${declared && `(${declared})`}{${fields.join(' ')}}`
  const [again] = parse(written, { noLocation: true }).definitions
  const plain = (node: typeof again) =>
    node && print(node).replaceAll('"""block "text" """', '"block \\"text\\" "')
  expect(plain(again)).toBe(plain(operation))
  expect(written).not.toContain('\n')
})
