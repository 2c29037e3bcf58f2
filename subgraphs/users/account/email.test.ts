import { expect, test } from 'vitest'
import { emailSchema } from './email.ts'

/** The longest label of a domain, and an address of 254 characters. */
const LABEL = 'a'.repeat(63)
const OF_254 = `ada@${LABEL}.${LABEL}.${LABEL}.${'a'.repeat(58)}`

test.each([
  ['  Ada@Argyle.Example ', 'ada@argyle.example'],
  ['a.b+socks@mail.argyle.example', 'a.b+socks@mail.argyle.example'],
  ...[
    "o'hara!#$%&*/=?^_`{|}~-9@3-argyle.2.example",
    `${'a'.repeat(64)}@argyle.example`,
    `ada@${LABEL}.${LABEL}`,
    OF_254,
  ].map((email) => [email, email]),
])('%j is kept as %j', (written, kept) => {
  expect(emailSchema.parse(written)).toBe(kept)
})

test.each([
  '',
  'ada',
  'ada@',
  '@argyle.example',
  'ada@localhost',
  'ada@argyle..example',
  'ada@-argyle.example',
  'ada@argyle-.example',
  'ada@argyle.-example',
  'ada@argyle.example-',
  'a da@argyle.example',
  'ada@argyle.example\nbcc: all',
  'ada\0@argyle.example',
  `${'a'.repeat(65)}@argyle.example`,
  `ada@${'a.'.repeat(130)}example`,
  `ada@${LABEL}a.example`,
  `ada@argyle.${LABEL}a`,
  `${OF_254}a`,
  'ada@argyle.example, sam@argyle.example',
])('%j is not an address', (written) => {
  expect(emailSchema.safeParse(written).success).toBe(false)
})
