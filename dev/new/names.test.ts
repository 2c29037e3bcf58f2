import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
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
  ['glasses', 'Glass'],
  ['buzzes', 'Buzz'],
  ['watches', 'Watch'],
  ['brushes', 'Brush'],
  ['glass', 'Glass'],
  ['status', 'Status'],
  ['support', 'Support'],
])('the entity of %s is %s', (plural, entity) => {
  expect(entityOf(plural)).toBe(entity)
})

test('the plural of an entity', () => {
  const plurals = {
    ...{ Favourite: 'favourites', Story: 'stories', Day: 'days', Glass: 'glasses', Box: 'boxes' },
    ...{ Buzz: 'buzzes', Watch: 'watches', Brush: 'brushes' },
  }
  for (const [entity, plural] of Object.entries(plurals)) expect(pluralOf(entity)).toBe(plural)
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

describe('in a repository of its own,', () => {
  let repository: string
  beforeEach(() => {
    repository = mkdtempSync(path.join(tmpdir(), 'argyle-names-'))
    write('supergraph.yaml', 'subgraphs: { hats: {}, coats: {} }')
    write('subgraphs/hats/schema.graphql', 'type Query { hat: Int }')
  })
  afterEach(() => rmSync(repository, { recursive: true }))

  function write(file: string, text = ''): void {
    const place = path.join(repository, file)
    mkdirSync(path.dirname(place), { recursive: true })
    writeFileSync(place, text)
  }
  const refusal = (...line: string[]) => {
    const names = readNames(line)
    if (!names) throw new Error('help was asked for')
    return () => checkClashes(names, repository)
  }

  test('a name that nothing has is free', () => {
    expect(refusal('gloves')).not.toThrow()
  })

  test.each(['subgraphs/gloves/main.ts', 'prisma/gloves/schema.prisma'])(
    'a subgraph exists by %s',
    (file) => {
      write(file)
      expect(refusal('gloves')).toThrow(
        new BadName('subgraph "gloves" already exists: existing subgraphs are hats, coats'),
      )
    },
  )

  test('a subgraph exists by supergraph.yaml', () => {
    expect(refusal('coats')).toThrow('subgraph "coats" already exists')
  })

  test.each([
    ['type Query { glove: Int }', 'Query.glove'],
    ['extend type Query { gloves: Int }', 'Query.gloves'],
    ['type Mutation { createGlove: Int }', 'Mutation.createGlove'],
    ['enum GloveConnection { A }', 'GloveConnection'],
  ])('%s of another subgraph clashes with %s', (sdl, name) => {
    write('subgraphs/hats/schema.graphql', sdl)
    expect(refusal('gloves')).toThrow(
      new BadName(
        `entity "Glove" would define ${name}, which hats defines already: choose another with --entity`,
      ),
    )
  })

  test.each(["newId('glo')", "isId('glo', id)", "idSchema('glo')", "readId('id', 'glo', id)"])(
    '%s in another subgraph takes the prefix, unless it is in a generated file',
    (code) => {
      write('subgraphs/hats/generated/a.ts', code)
      write('subgraphs/hats/a.md', code)
      expect(refusal('gloves')).not.toThrow()
      write('subgraphs/hats/brim/a.ts', code)
      expect(refusal('gloves')).toThrow(
        new BadName('prefix "glo" is an id prefix of hats already: choose another with --prefix'),
      )
    },
  )
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
