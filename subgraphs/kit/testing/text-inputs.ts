import { readFileSync } from 'node:fs'
import { Kind, parse, type TypeNode, visit } from 'graphql'
import { describe, expect, test } from 'vitest'
import type { z } from 'zod'
import { validate } from '../errors/user-errors.ts'

/** LINE and LINES use the kit's text rules; TOKEN has a limited alphabet without invisible characters. */
type TextKind = 'LINE' | 'LINES' | 'TOKEN'
type InputCheck = (input: unknown) => {
  ok: boolean
  errors?: readonly { path: readonly string[] | null }[]
}

/** An input type: its mutation's validation, a valid example, its String fields. */
export type TextInput = {
  readonly check: InputCheck
  readonly example: Readonly<Record<string, unknown>>
  readonly fields: Readonly<Record<string, TextKind>>
  /** Fields of a change that are nullable only so that they can be left out: null is refused, since it would read as a removal. */
  readonly refusesNull?: readonly string[]
}

/** Validation by a zod schema. */
export function checkOf(schema: z.ZodType): InputCheck {
  return (input) => validate(schema, input)
}

/** Validation of an input type that is part of another: `into` inserts the part. */
export function partOf(into: (part: Record<string, unknown>) => unknown, check: InputCheck): InputCheck {
  return (part) => {
    // The tests pass a record: an example with one field changed.
    const result = check(into(part as Record<string, unknown>))
    const errors = result.errors?.map(({ path: at }) => ({ path: at?.slice(-1) ?? null }))
    return { ok: result.ok, ...(errors && { errors }) }
  }
}

function namedType(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : namedType(type.type)
}

/** Every String field of the schema's input types, as `Type.field`. */
function stringInputs(schema: URL): string[] {
  const found: string[] = []
  visit(parse(readFileSync(schema, 'utf8')), {
    InputObjectTypeDefinition({ name, fields = [] }) {
      for (const field of fields)
        if (namedType(field.type) === 'String') found.push(`${name.value}.${field.name.value}`)
    },
  })
  return found
}

/** The fields of an input type that may be null. */
function nullableFields(schema: URL, type: string): string[] {
  const found: string[] = []
  visit(parse(readFileSync(schema, 'utf8')), {
    InputObjectTypeDefinition({ name, fields = [] }) {
      if (name.value !== type) return
      for (const field of fields) if (field.type.kind !== Kind.NON_NULL_TYPE) found.push(field.name.value)
    },
  })
  return found
}

const HIDDEN = [
  ...['\u200b', '\u202e', '\u2066', '\u200f', '\u061c', '\u2060', '\u00ad', '\u3164', '\u115f', '\uffa0'],
  ...['\u2800', '\u200d', '\ufe0f', '\u{e0041}', '\u{1d159}', '\ufffc', '\ue000', '\u2028', '\0'],
  '\u0335'.repeat(7),
]
const SPOILT = HIDDEN.flatMap((hidden) => [`AB${hidden}CD`, `AB${hidden.repeat(3)}CD`, hidden.repeat(3)])
  // Separators alone are white space, which is trimmed.
  .filter((text) => text.trim() !== '')
const READABLE = ['👩‍🚀 🧦', 'שָׁלוֹם', 'مَرْيَم', 'می\u200cخواهم', 'Zoë', '山田', 'O’Neill']

/**
 * Tests that no String of a subgraph's inputs accepts invisible text, that each is listed, and that null is like a field left out.
 * @param inputs by name of the input type.
 * @param unread Strings that no other person reads, as `Type.field`, each with the reason.
 */
export function testTextInputs(
  schema: URL,
  inputs: Readonly<Record<string, TextInput>>,
  unread: Readonly<Record<string, string>> = {},
): void {
  test('every String of every input is in the table, and nothing else is', () => {
    const listed = Object.entries(inputs).flatMap(([type, { fields }]) =>
      Object.keys(fields).map((name) => `${type}.${name}`),
    )
    const listing = [...listed, ...Object.keys(unread)].sort()
    expect(listing, 'fields of text-inputs.test.ts, and Strings of inputs in schema.graphql').toEqual(
      stringInputs(schema).sort(),
    )
  })

  describe.each(Object.entries(inputs))('%s', (type, { check, example, fields, refusesNull = [] }) => {
    test('its example is taken', () => {
      expect(check(example)).toMatchObject({ ok: true })
    })

    // Clients with variables send null for what is not filled in.
    test('a field that may be null and is null is like one that is left out', () => {
      for (const field of nullableFields(schema, type)) {
        const { [field]: _, ...without } = example
        const isTaken = check(without).ok && !refusesNull.includes(field)
        expect([field, check({ ...without, [field]: null }).ok]).toEqual([field, isTaken])
      }
    })

    test.each(Object.entries(fields))('%s (%s) holds no hidden text', (field, kind) => {
      for (const text of SPOILT) {
        const result = check({ ...example, [field]: text })
        expect([text, result.ok, result.errors?.[0]?.path]).toEqual([text, false, [field]])
      }
      if (kind === 'TOKEN') return
      for (const text of READABLE)
        expect([text, check({ ...example, [field]: text }).ok]).toEqual([text, true])
      expect(check({ ...example, [field]: 'two\nlines' }).ok).toBe(kind === 'LINES')
    })
  })
}
