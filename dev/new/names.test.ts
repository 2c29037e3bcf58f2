import { expect, test } from 'vitest'
import { root } from '../repository.ts'
import { checkClashes } from './clashes.ts'
import { BadName, entityOf, pluralOf, readNames } from './names.ts'
import { filesOf, PLACEHOLDERS } from './template.ts'

test('a subgraph names its entity, and the entity its ids', () => {
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
])('one of %s is a %s', (plural, entity) => {
  expect(entityOf(plural)).toBe(entity)
})

test('more than one of an entity', () => {
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
  ['gifts cards', '"cards" is too much: allowed is one name'],
  [
    'gifts --entity gift',
    'entity "gift": allowed is one word of 3 to 30 letters with a capital, e.g. Favourite',
  ],
  ['gifts --prefix gi', 'prefix "gi": allowed is three letters from a to z'],
  ['gifts --colour red', "Unknown option '--colour': there are --entity, --prefix and --help"],
  ['reviews', 'subgraph "reviews" is there already: there are '],
  ['kit', 'subgraph "kit" is there already: '],
  ['router', 'subgraph "router" is the name of something else: '],
  ['delete', 'subgraph "delete" is a name of TypeScript or the platform: choose another'],
  ['requests', 'entity "Request" is a name of TypeScript or the platform: choose another'],
  ['pages', 'entity "Page" is a name that the code of every subgraph uses: choose another'],
  ['wishes --entity Review', 'entity "Review" would make Review, which '],
  ['revivals', 'prefix "rev" starts ids in '],
])('%s is refused', (line, message) => {
  const make = () => {
    const names = readNames(line.split(' '))
    if (names) checkClashes(names, root)
  }
  expect(make).toThrow(BadName)
  expect(make).toThrow(message)
})

test('no placeholder is left in what is made, and an article fits its noun', () => {
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
