import { newId } from '@argyle/kit/ids'
import { expect, test } from 'vitest'
import { tagKeyOf, tagOf, ticketIn, ticketOfTag } from './ticket-tag.ts'

const key = tagKeyOf(Buffer.alloc(32, 1))
const id = newId('tkt')
const tag = tagOf(key, id)

test('a tag names its ticket, in whatever case it comes back', () => {
  expect(tag).toMatch(/^[0-9a-f]{52}$/)
  expect(ticketOfTag(key, tag)).toBe(id)
  expect(ticketOfTag(key, tag.toUpperCase())).toBe(id)
  expect(`support+${tag}`.length).toBeLessThanOrEqual(64)
})

test('a tag that was made up names none', () => {
  expect(ticketOfTag(tagKeyOf(Buffer.alloc(32, 2)), tag)).toBeNull()
  for (let at = 0; at < tag.length; at++) {
    const other = tag[at] === '0' ? '1' : '0'
    expect(ticketOfTag(key, tag.slice(0, at) + other + tag.slice(at + 1))).toBeNull()
  }
  for (const text of ['', tag.slice(1), `${tag}0`, 'g'.repeat(52)]) expect(ticketOfTag(key, text)).toBeNull()
})

test('a tag is found in an address and in references', () => {
  const made = `1${tag.slice(1)}`
  for (const written of [tag, tag.toUpperCase()])
    expect(ticketIn(key, ['ada@argyle.example', `support+${written}@argyle.example`])).toBe(id)
  expect(ticketIn(key, [`<x@y> <ticket.${made}@argyle.example> <ticket.${tag}@argyle.example>`])).toBe(id)
  expect(ticketIn(key, [`a${tag}`, `${tag}z`, `<ticket.${made}@argyle.example>`, ''])).toBeNull()
  expect(ticketIn(key, [])).toBeNull()
})
