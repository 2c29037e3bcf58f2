import { expect, test } from 'vitest'
import { bodyFaults, render, variablesOf } from './template.ts'

const known = { customerName: 'Lotte', orderNumber: null, ticketSubject: 'A hole' }
const say = (body: string, ...given: [name: string, value: string][]) =>
  render(
    { body },
    known,
    given.map(([name, value]) => ({ name, value })),
  )

test('the variables of a text are listed once each, in order', () => {
  expect(variablesOf('{{b}} {{a}} {{b}} { a } {{A}}')).toEqual(['b', 'a'])
})

test.each([
  ['{{customerName}}', null],
  ['a single { brace }', null],
  ['{{ customerName }}', /double braces only around a name/],
  ['{{Customer}}', /double braces/],
  ['{{customerName', /double braces/],
  ['customerName}}', /double braces/],
  [`{{${'a'.repeat(41)}}}`, /double braces/],
  [Array.from({ length: 20 }, (_, index) => `{{v${index}}}`).join(''), null],
  [Array.from({ length: 21 }, (_, index) => `{{v${index}}}`).join(''), /at most 20 variables/],
])('the faults of %j', (body, fault) => {
  const found = bodyFaults(body)
  if (fault === null) expect(found).toBeNull()
  else expect(found).toMatch(fault)
})

test('the ticket fills in what it knows, the agent the rest', () => {
  expect(say('Hello {{customerName}}, {{when}}.', ['when', 'tomorrow'])).toEqual({
    ok: true,
    value: 'Hello Lotte, tomorrow.',
  })
  expect(say('Order {{orderNumber}}', ['orderNumber', 'A-1'])).toEqual({ ok: true, value: 'Order A-1' })
})

test('a value with braces or dollar signs is inserted as it is', () => {
  expect(say('{{a}}', ['a', '{{customerName}} $& $1'])).toEqual({ ok: true, value: '{{customerName}} $& $1' })
})

test('a missing, an unknown, a known and a repeated variable are refused, each with what is allowed', () => {
  const decision = say(
    '{{customerName}} {{a}} {{b}}',
    ['customerName', 'x'],
    ['c', 'x'],
    ['a', 'x'],
    ['a', 'y'],
  )
  expect(decision).toEqual({
    ok: false,
    errors: [
      ['name is "customerName": allowed is each of a, b', ['variables', '0', 'name']],
      ['name is "c": allowed is each of a, b', ['variables', '1', 'name']],
      ['name is "a" twice: allowed is once', ['variables', '3', 'name']],
      ['variables lacks b: allowed is each of a, b', ['variables']],
    ].map(([message, path]) => ({ __typename: 'ValidationError', message, path })),
  })
  expect(say('No variable', ['a', 'x'])).toMatchObject({
    errors: [{ message: 'name is "a": allowed is no variable' }],
  })
})

test('a text with its variables has at most 5000 characters', () => {
  const body = `${'x'.repeat(4_000)}${'{{a}}'.repeat(5)}`
  expect(say(body, ['a', 'y'.repeat(200)])).toMatchObject({ ok: true })
  expect(say(`${body}x`, ['a', 'y'.repeat(200)])).toMatchObject({
    errors: [{ message: expect.stringContaining('5001 characters') }],
  })
})
