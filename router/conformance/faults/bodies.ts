import { json } from '../../testing/http-server.ts'
import { type FaultCase, MASKED, WITHOUT_REVIEWS } from '../fault.ts'
import type { HonestAnswer, Misbehave } from '../subgraph-host.ts'

const body =
  (text: string, type = 'application/json'): Misbehave =>
  (_, response) =>
    response.writeHead(200, { 'content-type': type }).end(text)

/** Changes the correct answer of the subgraph. */
const spoilt =
  (spoil: (honest: HonestAnswer) => unknown): Misbehave =>
  async (_, response, honest) =>
    json(response, 200, spoil(await honest()))

/** Changes each list of entities. */
const entities = (spoil: (list: unknown[]) => unknown): Misbehave =>
  spoilt(({ data, ...rest }) => ({
    ...rest,
    data: Object.fromEntries(
      Object.entries(data).map(([name, value]) => [name, Array.isArray(value) ? spoil(value) : value]),
    ),
  }))

/** Faults in the body: no JSON, no GraphQL, no list of entities. */
export const bodyFaults: readonly FaultCase[] = [
  { name: 'answers HTML', misbehave: body('<html>hi</html>', 'text/html') },
  { name: 'answers text', misbehave: body('not found', 'text/plain') },
  { name: 'answers broken JSON', misbehave: body('{"data": {"_entit') },
  { name: 'answers nothing', misbehave: body('') },
  { name: 'answers null', misbehave: body('null') },
  { name: 'answers a list', misbehave: body('[]') },
  { name: 'answers a number', misbehave: body('7') },
  { name: 'answers an empty object', misbehave: body('{}') },
  { name: 'answers null data and no errors', misbehave: body('{"data":null}') },
  { name: 'answers null data and an empty list of errors', misbehave: body('{"data":null,"errors":[]}') },
  { name: 'answers data that is no object', misbehave: body('{"data":"yes"}') },
  { name: 'answers data that is a list', misbehave: body('{"data":[1]}') },
  { name: 'answers errors that are no list', misbehave: body('{"data":null,"errors":"no"}') },
  { name: 'answers data without the entities', misbehave: body('{"data":{}}') },
  { name: 'answers too few entities', misbehave: entities((list) => list.slice(1)) },
  { name: 'answers no entities', misbehave: entities(() => []) },
  { name: 'answers too many entities', misbehave: entities((list) => [...list, ...list]) },
  { name: 'answers entities that are no list', misbehave: entities(([first]) => first) },
  { name: 'answers null for the entities', misbehave: entities(() => null) },
  { name: 'answers entities that are no objects', misbehave: entities((list) => list.map(() => 7)) },
  {
    name: 'answers entities that are null',
    misbehave: entities((list) => list.map(() => null)),
    expected: { ...WITHOUT_REVIEWS, errors: [] },
  },
  {
    name: 'answers null data and an error',
    misbehave: body('{"data":null,"errors":[{"message":"SELECT * FROM secrets"}]}'),
    expected: MASKED,
  },
  {
    name: 'answers errors that are no errors',
    misbehave: body('{"data":null,"errors":[null]}'),
    expected: MASKED,
  },
  {
    name: 'refuses with a code of the catalogue, without a path',
    misbehave: body('{"data":null,"errors":[{"message":"Slow down","extensions":{"code":"RATE_LIMITED"}}]}'),
    expected: {
      ...WITHOUT_REVIEWS,
      errors: (WITHOUT_REVIEWS.errors ?? []).map(({ path }) => ({
        path,
        code: 'RATE_LIMITED',
        message: 'Slow down',
      })),
    },
  },
]
