import { json } from '../../testing/http-server.ts'
import type { FaultCase } from '../fault.ts'
import type { ExpectedError } from '../feature.ts'
import type { Misbehave } from '../subgraph-host.ts'

/** Answers every request with this data. */
const data =
  (text: string, errors = ''): Misbehave =>
  (_, response) =>
    response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(`{"data":${text}${errors ? `,"errors":${errors}` : ''}}`)

const wrong = (...path: readonly (string | number)[]): ExpectedError => ({
  path,
  code: 'INTERNAL_SERVER_ERROR',
})

/** A root field of the catalogue with a value that is not of its type: the field is null, with an error. */
const value = (
  field: string,
  json: string,
  { selection = '', reference }: { selection?: string; reference?: FaultCase['reference'] } = {},
): FaultCase => ({
  name: `answers ${json} for ${field}`,
  subgraph: 'catalogue',
  operation: `{ motd ${field}${selection} }`,
  misbehave: data(`{"${field}":${json}}`),
  expected: { data: { motd: 'Warm feet', [field]: null }, errors: [wrong(field)] },
  reference,
})

const FAILS_AS_A_WHOLE: FaultCase['reference'] = {
  why: 'the whole request fails where a list or an object is something else',
  data: null,
  errors: [{ code: 'INTERNAL_SERVER_ERROR' }],
}

/** Faults of single values, and names with a meaning in JavaScript. */
export const valueFaults: readonly FaultCase[] = [
  value('count', '"three"'),
  value('count', '2147483648', {
    reference: {
      why: 'an Int beyond 32 bits is let through',
      data: { motd: 'Warm feet', count: 2147483648 },
    },
  }),
  value('count', '1.5'),
  value('count', '{}'),
  value('count', '[1]'),
  value('rate', '"1.5"'),
  value('rate', 'true'),
  value('open', '{}'),
  value('open', '"true"'),
  value('hue', '"MAUVE"'),
  value('hue', '1'),
  value('tags', '"a"', { reference: FAILS_AS_A_WHOLE }),
  value('tags', '{"0":"a"}', { reference: FAILS_AS_A_WHOLE }),
  value('place', '"Oslo"', { selection: ' { town }', reference: FAILS_AS_A_WHOLE }),
  value('place', '[]', {
    selection: ' { town }',
    reference: {
      why: 'a list is taken for an object without fields',
      data: { motd: 'Warm feet', place: null },
      errors: [wrong('place', 'town')],
    },
  }),
  {
    name: 'answers null for a non-null field',
    subgraph: 'catalogue',
    operation: '{ motd place { town } }',
    misbehave: data('{"place":{"town":null}}'),
    expected: { data: { motd: 'Warm feet', place: null }, errors: [wrong('place', 'town')] },
  },
  {
    name: 'leaves a non-null field out',
    subgraph: 'catalogue',
    operation: '{ motd place { town } }',
    misbehave: data('{"place":{}}'),
    expected: { data: { motd: 'Warm feet', place: null }, errors: [wrong('place', 'town')] },
  },
  {
    name: 'answers null for a non-null element',
    subgraph: 'catalogue',
    operation: '{ tags count }',
    misbehave: data('{"tags":["a",null],"count":3}'),
    expected: { data: { tags: null, count: 3 }, errors: [wrong('tags', 1)] },
  },
  {
    name: 'answers a type name that there is not',
    subgraph: 'catalogue',
    operation: '{ things { id ... on Sock { size } } }',
    misbehave: data('{"things":[{"__typename":"Shoe","id":"x"},{"__typename":"Sock","id":"s","size":1}]}'),
    expected: { data: { things: [null, { id: 's', size: 1 }] }, errors: [wrong('things', 0)] },
  },
  {
    name: 'answers the name of a type that cannot be there',
    subgraph: 'catalogue',
    operation: '{ things { id ... on Sock { size } } }',
    misbehave: data('{"things":[{"__typename":"Product","id":"x"}]}'),
    expected: { data: { things: [null] }, errors: [wrong('things', 0)] },
    reference: {
      why: 'a type is not held against the place where it stands',
      data: { things: [{ id: 'x' }] },
    },
  },
  {
    name: 'answers fields that were not asked for',
    subgraph: 'catalogue',
    operation: '{ count }',
    misbehave: data('{"count":3,"secret":"x","products":[]}'),
    expected: { data: { count: 3 } },
  },
  {
    name: 'answers keys that are names of Object.prototype, at every depth',
    subgraph: 'catalogue',
    operation: '{ motd count place { town } products { id name stars } }',
    misbehave: data(
      `{"__proto__":{"polluted":1,"count":9},"constructor":{"prototype":{"polluted":1}},"count":3,"hasOwnProperty":1,
        "place":{"__proto__":{"polluted":1},"town":"Oslo","toString":null},
        "products":[{"__typename":"Product","__proto__":{"polluted":1,"name":"x"},"id":"p1","constructor":null}]}`,
    ),
    expected: {
      data: {
        motd: 'Warm feet',
        count: 3,
        place: { town: 'Oslo' },
        products: [{ id: 'p1', name: null, stars: 4 }],
      },
    },
  },
  {
    name: 'puts them into entities',
    misbehave: async (_, response, honest) => {
      const spoilt = '"__proto__":{"stars":1,"polluted":1},"constructor":7'
      const text = JSON.stringify(await honest()).replaceAll('"stars":4', spoilt)
      response.writeHead(200, { 'content-type': 'application/json' }).end(text)
    },
    operation: '{ products { stars texts } }',
    expected: {
      data: {
        products: [
          { stars: null, texts: ['Soft', null] },
          { stars: 5, texts: [] },
          { stars: null, texts: ['Soft', null] },
        ],
      },
    },
  },
  {
    name: 'answers data and errors, each error at its field, at every place that the entity stands',
    misbehave: async (_, response, honest) => {
      const answer = await honest()
      const [list] = Object.values(answer.data)
      const [alias] = Object.keys(answer.data)
      const all = Array.isArray(list) ? list : []
      const failed = all.flatMap((entity, index) => (entity.stars === 4 ? [index] : []))
      for (const index of failed) all[index].stars = null
      const errors = failed.map((index) => ({ message: 'SELECT', path: [alias, index, 'stars'] }))
      json(response, 200, { data: answer.data, errors })
    },
    operation: '{ products { stars texts } }',
    expected: {
      data: {
        products: [
          { stars: null, texts: ['Soft', null] },
          { stars: 5, texts: [] },
          { stars: null, texts: ['Soft', null] },
        ],
      },
      errors: [wrong('products', 0, 'stars'), wrong('products', 2, 'stars')],
    },
  },
  {
    name: 'answers no data, and the error of the second of two non-null fields',
    subgraph: 'catalogue',
    operation: '{ sure certain }',
    misbehave: data('null', '[{"message":"SELECT","path":["certain"]}]'),
    expected: { data: null, errors: [wrong('certain')] },
  },
  {
    name: 'answers an error whose path leads nowhere',
    misbehave: async (_, response, honest) =>
      json(response, 200, { ...(await honest()), errors: [{ message: 'x', path: ['nowhere', 7, 'else'] }] }),
    operation: '{ latest }',
    expected: { data: { latest: 'Soft' }, errors: [{ code: 'INTERNAL_SERVER_ERROR' }] },
  },
]
