import { expect, test } from 'vitest'
import { FetchFailure } from '../http-client/fetch-failure.ts'
import { NO_LIMITS } from '../json/text-limits.ts'
import { readAnswer, readLargeAnswer } from './subgraph-answer.ts'

const PLAIN = 'application/json'
const GRAPHQL = 'Application/GraphQL-Response+JSON ; charset=utf-8'
const REFUSAL = { errors: [{ message: 'no' }] }

/** Contents of an answer, or the kind of the failure: the same for one that is parsed in turns. */
async function read(status: number, type: string, body: unknown, entities: number | null = null) {
  const head = { status, headers: { 'content-type': type } }
  const text = JSON.stringify(body)
  const outcome = await outcomeOf(() => readAnswer(head, text, entities))
  expect(await outcomeOf(() => readLargeAnswer(head, text, entities, NO_LIMITS))).toEqual(outcome)
  return outcome
}

async function outcomeOf(reading: () => unknown): Promise<unknown> {
  try {
    return await reading()
  } catch (error) {
    return error instanceof FetchFailure ? error.kind : error
  }
}

test.each<[status: number, type: string, outcome: unknown]>([
  [200, PLAIN, { data: null, ...REFUSAL }],
  [299, PLAIN, { data: null, ...REFUSAL }],
  [300, PLAIN, 'status'],
  [399, GRAPHQL, 'status'],
  [400, PLAIN, { data: null, ...REFUSAL }],
  [422, PLAIN, { data: null, ...REFUSAL }],
  [429, PLAIN, { data: null, ...REFUSAL }],
  [401, PLAIN, 'status'],
  [403, PLAIN, 'status'],
  [500, PLAIN, 'status'],
  [401, GRAPHQL, { data: null, ...REFUSAL }],
  [500, GRAPHQL, { data: null, ...REFUSAL }],
  [302, GRAPHQL, 'status'],
  [413, PLAIN, 'request-too-large'],
  [413, GRAPHQL, 'request-too-large'],
])('an answer by status %d and type %s', async (status, type, outcome) => {
  expect(await read(status, type, REFUSAL)).toEqual(outcome)
})

test.each([
  [{ data: {} }, { data: {}, errors: [] }],
  [
    { data: {}, errors: 'none' },
    { data: {}, errors: [] },
  ],
  [{ data: 'text', ...REFUSAL }, 'invalid'],
  [{ data: [], ...REFUSAL }, 'invalid'],
  [{ data: null, errors: [] }, 'invalid'],
  [{}, 'invalid'],
  [[], 'invalid'],
])('an answer %j', async (body, outcome) => {
  expect(await read(200, PLAIN, body)).toEqual(outcome)
})

test.each([
  [{ _entities: [{}, null] }, { data: { _entities: [{}, null] }, errors: [] }],
  [{ _entities: [{}] }, 'invalid'],
  [{ _entities: [{}, {}, {}] }, 'invalid'],
  [{ _entities: [{}, 1] }, 'invalid'],
  [{ _entities: null }, 'invalid'],
  [{}, 'invalid'],
])('of two entities asked for, an answer with the data %j', async (data, outcome) => {
  expect(await read(200, PLAIN, { data }, 2)).toEqual(outcome)
})

test.each([
  [{ _entities: null }, { data: null, ...REFUSAL }],
  [{}, { data: null, ...REFUSAL }],
  [{ _entities: [{}] }, 'invalid'],
  [{ _entities: 'none' }, 'invalid'],
])('of two entities asked for, an answer with an error and the data %j', async (data, outcome) => {
  expect(await read(200, PLAIN, { data, ...REFUSAL }, 2)).toEqual(outcome)
})

test.each<[text: string, detail: string]>([
  ['<html>', 'status 200, 6 characters that are not JSON'],
  ['[]', 'the body is not a JSON object'],
  ['{"data":1}', 'data is not an object'],
  ['{}', 'neither data nor errors'],
  ['{"data":{}}', '_entities is not a list of 2 objects'],
  [`{"data":${'['.repeat(1_000)}`, 'status 200, 1008 characters: the JSON is nested deeper than 1000 levels'],
])('the log says what is wrong with %j', async (text, detail) => {
  const head = { status: 200, headers: {} }
  const failure = expect.objectContaining({ kind: 'invalid', detail })
  expect(() => readAnswer(head, text, 2)).toThrow(failure)
  await expect(readLargeAnswer(head, text, 2, NO_LIMITS)).rejects.toThrow(failure)
})

test('the log says which bound a large answer exceeds', async () => {
  const reading = readLargeAnswer({ status: 200, headers: {} }, '{"data":{"a":[1,2]}}', null, {
    ...NO_LIMITS,
    values: 4,
  })
  await expect(reading).rejects.toMatchObject({
    ...{ kind: 'invalid', detail: 'status 200, 20 characters: it has more than 4 values' },
  })
})
