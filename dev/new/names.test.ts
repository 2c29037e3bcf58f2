import { expect, test } from 'vitest'
import { root } from '../repository.ts'
import { checkClashes } from './clashes.ts'
import { BadName, entityOf, pluralOf, readNames } from './names.ts'
import { filesOf, PLACEHOLDERS } from './template.ts'

test('entity and prefix default to the singular of the name and its first three letters', () => {
  expect(readNames(['favourites'])).toEqual({
    subgraph: 'favourites',
    entity: 'Favourite',
    plural: 'favourites',
    prefix: 'fav',
  })
  expect(readNames(['support', '--entity', 'Ticket', '--prefix', 'tkt'])).toEqual({
    subgraph: 'support',
    entity: 'Ticket',
    plural: 'tickets',
    prefix: 'tkt',
  })
  expect(readNames([])).toBeNull()
  expect(readNames(['--help'])).toBeNull()
})

test.each([
  ['favourites', 'Favourite'],
  ['stories', 'Story'],
  ['boxes', 'Box'],
  ['glass', 'Glass'],
  ['status', 'Status'],
  ['support', 'Support'],
])('the entity of %s is %s', (plural, entity) => {
  expect(entityOf(plural)).toBe(entity)
})

test('the plural of an entity', () => {
  expect(['Favourite', 'Story', 'Box', 'Day'].map(pluralOf)).toEqual([
    'favourites',
    'stories',
    'boxes',
    'days',
  ])
})

test.each([
  ['Favourites', 'subgraph "Favourites": allowed is 3 to 30 letters from a to z'],
  ['gift-cards', 'subgraph "gift-cards": allowed is 3 to 30 letters from a to z'],
  ['../x', 'subgraph "../x": allowed is 3 to 30 letters from a to z'],
  ['ab', 'subgraph "ab": allowed is 3 to 30 letters from a to z'],
  [`${'a'.repeat(31)}`, `subgraph "${'a'.repeat(31)}": allowed is 3 to 30 letters from a to z`],
  ['gifts cards', 'unexpected argument "cards": allowed is one name'],
  [
    'gifts --entity gift',
    'entity "gift": allowed is one capitalised word of 3 to 30 letters, e.g. Favourite',
  ],
  ['gifts --prefix gi', 'prefix "gi": allowed is three letters from a to z'],
  ['gifts --colour red', "Unknown option '--colour': allowed options are --entity, --prefix and --help"],
  ['reviews', 'subgraph "reviews" already exists: existing subgraphs are '],
  ['kit', 'subgraph "kit" is reserved: reserved names are databases, '],
  ['router', 'subgraph "router" is reserved: '],
  ['delete', 'subgraph "delete" is a keyword or global of JavaScript: choose another'],
  ['requests', 'entity "Request" is a keyword or global of JavaScript: choose another'],
  ['pages', 'entity "Page" is an identifier in the code of every subgraph: choose another'],
  ['requests --entity Review', 'entity "Review" would define Review, which '],
  ['revivals', 'prefix "rev" is an id prefix of '],
])('%s is refused', (line, message) => {
  const make = () => {
    const names = readNames(line.split(' '))
    if (names) checkClashes(names, root)
  }
  expect(make).toThrow(BadName)
  expect(make).toThrow(message)
})

test('the rendered files contain no placeholder, and articles fit their nouns', () => {
  const names = { subgraph: 'inbox', entity: 'Alert', plural: 'alerts', prefix: 'alt' }
  const files = filesOf(names, root, new Date('2026-11-28T09:30:00Z'))
  const text = files.map((made) => `${made.file}\n${made.text}`).join('\n')
  for (const placeholder of Object.values(PLACEHOLDERS))
    expect(text.toLowerCase()).not.toContain(placeholder.toLowerCase())
  expect(text).toContain('prisma/inbox/migrations/20261128093000_base/migration.sql')
  expect(text).toContain('"An alert in a list."')
  expect(text).not.toMatch(/\b[Aa] alert\b/)
  expect(text).not.toMatch(/^\S+ kit: /m)
})
