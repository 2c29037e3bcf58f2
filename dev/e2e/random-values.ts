// Tested in any-request.e2e.test.ts: values are drawn for requests.

import type { Draw } from '../../router/fuzz/seeded-random.ts'

/** Texts that databases, parsers, templates or objects may take for something else. */
const TEXTS: readonly string[] = [
  ...[
    '',
    ' ',
    'a',
    '\u0000',
    'x\u0000y',
    '\ud800',
    '\u202eabc',
    '\u200b',
    '%',
    '\\',
    '{}',
    'null',
    '-1',
    '1e999',
  ],
  ...[
    "'; DROP TABLE x;--",
    '(((',
    ':*',
    '&|!',
    'red -wool "merino"',
    '__proto__',
    'constructor',
    '{{customerName}}',
  ],
  ...[
    'a'.repeat(151),
    'a'.repeat(10_000),
    '🧦'.repeat(100),
    '👩‍👩‍👧‍👦',
    'ａ',
    'a@b',
    `x@${'a'.repeat(300)}.com`,
  ],
  ...['DE', 'US', 'ZZ', 'EUR', 'Europe/Berlin', '10115', '12:00', '25:99', 'socks', 'lotte@example.com'],
]
const INTEGERS = [-2_147_483_648, -1, 0, 1, 2, 3, 5, 20, 100, 101, 1_000, 2_147_483_647]
const FLOATS = [0, -0, 1.5, 3, 1e308, -1e308, 5e-324]
const INSTANTS: readonly string[] = [
  ...[
    '2026-11-01T00:00:00Z',
    '2026-11-28T00:00:00Z',
    '2025-01-01T00:00:00+14:00',
    '1970-01-01T00:00:00-23:59',
  ],
  ...['0001-01-01T00:00:00Z', '9999-12-31T23:59:59.999Z', '10000-01-01T00:00:00Z', '0000-01-01T00:00:00Z'],
  ...['2026-02-30T00:00:00Z', '2026-11-28T23:59:60Z', 'x', ''],
]
const DECIMALS: readonly string[] = [
  ...[
    '0',
    '1',
    '1.00',
    '-1',
    '-0.00',
    '0.001',
    '1e5',
    ' 1',
    '01',
    'NaN',
    '',
    '21474836.48',
    '90071992547409.93',
  ],
  ...['92233720368547758.07', '99999999999999999999999.99'],
]
const CURRENCIES = ['EUR', 'USD', 'JPY', 'XXX', '']
const IDS = [
  '',
  'x',
  'ord_x',
  'x\u0000y',
  'prd_01ARZ3NDEKTSV4RRFFQ69G5FAV',
  'usr_00000000-0000-7000-8000-000000000000',
]

/** Changes of a cursor's text that its list did not make. */
const FORGERIES: readonly ((text: string) => string)[] = [
  (text) => text.replace(/\d+/, '99999999999999999999'),
  (text) => text.replace(/\d{4}-\d\d-\d\dT[^"]*/, '10000-01-01T00:00:00Z'),
  (text) => text.replace(/"[^"]*"/, '"x\\u0000y"'),
  (text) => text.replace(/"[^"]*"/, 'null'),
  (text) => text.replace(/"[^"]*"/, '[[1]]'),
  (text) => text.slice(0, -1),
]

/** Most values of a kind that are remembered of answers. */
const MAX_KNOWN = 200

/** Values of answers, which later requests use. */
export type KnownValues = {
  readonly ids: Set<string>
  readonly cursors: Set<string>
}

const ID = /^[a-z]{3}_[0-9a-f-]{36}$/

/** Remembers the ids and cursors of an answer's data. */
export function noteValues(known: KnownValues, value: unknown, name = ''): void {
  if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) noteValues(known, inner, key)
  } else if (typeof value === 'string') {
    const kind = ID.test(value) ? known.ids : /cursor$/i.test(name) ? known.cursors : null
    if (kind && kind.size < MAX_KNOWN) kind.add(value)
  }
}

function cursor(draw: Draw, { cursors }: KnownValues): string {
  if (cursors.size === 0 || draw.chance(20)) return draw.pick(TEXTS)
  const known = draw.pick([...cursors])
  if (draw.chance(40)) return known
  const forged = draw.pick(FORGERIES)(Buffer.from(known, 'base64url').toString())
  return Buffer.from(forged).toString('base64url')
}

/** A value of a scalar type: one of an answer, one that is usual, or one at or beyond a bound. */
export function scalarValue(draw: Draw, type: string, name: string, known: KnownValues): unknown {
  switch (type) {
    case 'Boolean':
      return draw.chance(50)
    case 'Int':
      return draw.chance(50) ? 1 + draw.int(3) : draw.pick(INTEGERS)
    case 'Float':
      return draw.pick(FLOATS)
    case 'DateTime':
      return draw.pick(INSTANTS)
    case 'Decimal':
      return draw.pick(DECIMALS)
    case 'CurrencyCode':
      return draw.pick(CURRENCIES)
    case 'ID':
      if (name === 'idempotencyKey') return `a key of a guest ${draw.int(1_000_000_000)}`
      if (known.ids.size > 0 && draw.chance(60)) return draw.pick([...known.ids])
      return draw.pick(draw.chance(50) ? IDS : TEXTS)
    default:
      return name === 'after' ? cursor(draw, known) : draw.pick(TEXTS)
  }
}
