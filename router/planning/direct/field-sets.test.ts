import { buildSchema, Kind, print } from 'graphql'
import { expect, test } from 'vitest'
import { fieldSetReader } from './field-sets.ts'

const SCHEMA = buildSchema(`
  type Query { parcel: Parcel }
  type Parcel { id: ID! weight(unit: Unit): Int size: Size content: [Content!] _weight_r: Int box: Boxed }
  interface Sized { width: Int }
  type Size implements Sized { width: Int height: Int }
  interface Deep { depth: Int }
  type Box implements Deep { depth: Int }
  enum Unit { G KG }
  interface Boxed { content: [Content!] }
  type Crate implements Boxed { content: [Content!] }
  union Content = Sock | Card
  type Sock { colour: String }
  type Card { text(short: Boolean): String }`)

function read(text: string, type = 'Parcel') {
  const { selections, required } = fieldSetReader(SCHEMA)(text, type)
  return { asked: print({ kind: Kind.SELECTION_SET, selections }).replace(/\s+/g, ' '), required }
}

test('a field set is a selection, with or without braces', () => {
  const { asked, required } = read('id size { width }')
  expect(asked).toBe('{ id size { width } }')
  expect(required).toEqual([
    { kind: 'field', name: 'id', as: 'id', selections: null },
    {
      kind: 'field',
      name: 'size',
      as: 'size',
      selections: [{ kind: 'field', name: 'width', as: 'width', selections: null }],
    },
  ])
  expect(read('{ id size { width } }')).toEqual({ asked, required })
})

test('a field with arguments has a response name of its own, by which it is not sent', () => {
  const { asked, required } = read('weight(unit: KG)')
  const [, alias = ''] = /^\{ (\w+): weight\(unit: KG\) \}$/.exec(asked) ?? []
  expect(alias).toMatch(/^_weight_r\w+$/)
  expect(required).toEqual([{ kind: 'field', name: alias, as: 'weight', selections: null }])
})

test('equal arguments have one response name, others another', () => {
  const reader = fieldSetReader(SCHEMA)
  const nameIn = (text: string) => {
    const [field] = reader(text, 'Parcel').required
    return field?.kind === 'field' ? field.name : null
  }
  expect(nameIn('weight(unit: KG)')).toBe(nameIn('{ weight ( unit : KG ) }'))
  expect(nameIn('weight(unit: KG)')).not.toBe(nameIn('weight(unit: G)'))
  expect(nameIn('weight')).toBe('weight')
})

test('a response name for arguments is none that a field of the graph has', () => {
  const aliasWith = (fields: string) => {
    const schema = buildSchema(`type Query { weight(kg: Boolean): Int } ${fields}`)
    const [field] = fieldSetReader(schema)('weight(kg: true)', 'Query').required
    return field?.kind === 'field' ? field.name : ''
  }
  const free = aliasWith('')
  expect(aliasWith(`type Parcel { ${free}: Int }`)).toBe(`${free}r`)
  expect(aliasWith(`interface Parcel { ${free}: Int ${free}r: Int }`)).toBe(`${free}rr`)
})

test('different arguments whose hashes are equal have different response names', () => {
  const schema = buildSchema('type Query { weight(unit: Int): Int }')
  const reader = fieldSetReader(schema)
  const [one, other] = [19_963, 167_400].map((unit) => {
    const [field] = reader(`weight(unit: ${unit})`, 'Query').required
    return field?.kind === 'field' ? field.name : ''
  })
  expect(other).toBe(`${one}r`)
})

test('a fragment on objects of one type is dissolved, since these are not asked for it', () => {
  const { asked, required } = read('size { ... on Size { width } height }')
  expect(asked).toBe('{ size { width height } }')
  expect(required).toEqual(read('size { width height }').required)
  for (const fragment of ['... on Sized { width }', '... { width }', '... on Sized { ... { width } }'])
    expect(read(`size { ${fragment} height }`)).toEqual({ asked, required })
})

test('a fragment that does not apply to objects of one type is left out', () => {
  expect(read('id size { height ... on Deep { ... on Box { depth } } }').asked).toBe('{ id size { height } }')
})

test('the type of objects that can be of several is asked for', () => {
  const { asked, required } = read('content { ... on Sock { colour } ... on Card { text(short: true) } }')
  expect(asked).toMatch(
    /^\{ content \{ __typename \.\.\. on Sock \{ colour \} \.\.\. on Card \{ _text_r\w+: text\(short: true\) \} \} \}$/,
  )
  expect(required).toMatchObject([
    {
      name: 'content',
      selections: [
        { kind: 'field', name: '__typename' },
        { kind: 'fragment', type: 'Sock', selections: [{ name: 'colour' }] },
        { kind: 'fragment', type: 'Card', selections: [{ as: 'text' }] },
      ],
    },
  ])
})

test('the type is also asked for where the field is one of an interface', () => {
  expect(read('box { content { ... on Sock { colour } } }').asked).toBe(
    '{ box { __typename content { __typename ... on Sock { colour } } } }',
  )
})

test('equal field sets of one type are one object', () => {
  const reader = fieldSetReader(SCHEMA)
  expect(reader('id', 'Parcel')).toBe(reader('id', 'Parcel'))
  expect(reader('id', 'Parcel')).not.toBe(reader('id', 'Query'))
})

test('a field set with a named fragment is a fault of the supergraph', () => {
  expect(() => read('...Content')).toThrow('a field set spreads a fragment')
})
