import { expect, test } from 'vitest'
import { emailSchema } from './email.ts'

test.each([
  ['  Ada@Argyle.Example ', 'ada@argyle.example'],
  ['a.b+socks@mail.argyle.example', 'a.b+socks@mail.argyle.example'],
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
  'a da@argyle.example',
  'ada@argyle.example\nbcc: all',
  'ada\0@argyle.example',
  `${'a'.repeat(65)}@argyle.example`,
  `ada@${'a.'.repeat(130)}example`,
  'ada@argyle.example, sam@argyle.example',
])('%j is not an address', (written) => {
  expect(emailSchema.safeParse(written).success).toBe(false)
})
