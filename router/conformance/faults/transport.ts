import { gzipSync } from 'node:zlib'
import { json } from '../../testing/http-server.ts'
import { type FaultCase, MASKED } from '../fault.ts'
import type { Misbehave } from '../subgraph-host.ts'

const status =
  (code: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Misbehave =>
  (_, response) =>
    response.writeHead(code, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))

/** The same with GraphQL's own media type. */
const graphql = (code: number, body: unknown, type = 'application/graphql-response+json'): Misbehave =>
  status(code, body, { 'content-type': type })

const DATA_AND_ERROR = {
  data: { motd: 'Cold feet' },
  errors: [{ message: 'Slow down', path: ['motd'], extensions: { code: 'RATE_LIMITED' } }],
}

const ERRORS = { errors: [{ message: 'SELECT * FROM secrets' }] }

/** Faults below GraphQL: connections, statuses, bodies that never end. */
export const transportFaults: readonly FaultCase[] = [
  { name: 'resets the connection', misbehave: ({ socket }) => socket.resetAndDestroy() },
  { name: 'closes the connection without a word', misbehave: ({ socket }) => socket.destroy() },
  {
    name: 'resets in the middle of a body',
    misbehave: ({ socket }, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '500' })
      response.write('{"data"', () => socket.resetAndDestroy())
    },
  },
  { name: 'never answers', hangs: true, misbehave: () => {} },
  {
    name: 'sends headers and hangs',
    hangs: true,
    misbehave: (_, response) => response.writeHead(200, { 'content-length': '500' }).flushHeaders(),
  },
  {
    name: 'drips its body',
    hangs: true,
    misbehave: (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      const dripping = setInterval(() => response.write(' '), 20)
      response.on('close', () => clearInterval(dripping))
    },
  },
  { name: 'redirects', misbehave: status(302, {}, { location: 'http://127.0.0.1:1/' }) },
  { name: 'answers 304', misbehave: (_, response) => response.writeHead(304).end() },
  { name: 'answers 401', misbehave: status(401, ERRORS) },
  { name: 'answers 403', misbehave: status(403, ERRORS) },
  { name: 'answers 404', misbehave: status(404, { message: 'no' }) },
  { name: 'answers 500', misbehave: status(500, { message: 'oops at 10.0.0.3' }) },
  { name: 'answers 500 with a GraphQL body', misbehave: status(500, ERRORS) },
  ...[401, 403, 404, 409, 500, 503].map(
    (code): FaultCase => ({
      name: `answers ${code} with an error in GraphQL's own media type`,
      misbehave: graphql(code, ERRORS, 'Application/GraphQL-Response+JSON ; charset=utf-8'),
      expected: MASKED,
    }),
  ),
  {
    name: "answers 500 with data in GraphQL's own media type",
    subgraph: 'notices',
    operation: '{ motd count }',
    misbehave: graphql(500, { data: { motd: 'Cold feet' } }),
    expected: { data: { motd: 'Cold feet', count: 3 } },
  },
  {
    name: 'answers 500 with data as application/json',
    subgraph: 'notices',
    operation: '{ motd count }',
    misbehave: status(500, DATA_AND_ERROR),
    expected: {
      data: { motd: null, count: 3 },
      errors: [{ path: ['motd'], code: 'SUBGRAPH_UNAVAILABLE' }],
    },
  },
  {
    name: "redirects, in GraphQL's own media type",
    misbehave: (_, response) =>
      response
        .writeHead(302, { 'content-type': 'application/graphql-response+json', location: '/' })
        .end(JSON.stringify(ERRORS)),
  },
  {
    name: "answers 500 with no GraphQL answer in GraphQL's own media type",
    misbehave: graphql(500, { message: 'oops at 10.0.0.3' }),
  },
  { name: 'answers 502 with HTML', misbehave: (_, response) => response.writeHead(502).end('<html>') },
  { name: 'answers 503', misbehave: status(503, null, { 'retry-after': '1' }) },
  {
    name: 'answers a body that is too large',
    misbehave: (_, response) => json(response, 200, { data: { _entities: [], pad: 'x'.repeat(80_000) } }),
  },
  {
    name: 'answers a body without end',
    misbehave: (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      const pour = () => {
        while (!response.destroyed && response.write('x'.repeat(16_384)));
      }
      response.on('drain', pour)
      pour()
    },
  },
  {
    name: 'answers a gzip bomb',
    misbehave: (_, response) =>
      response
        .writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' })
        .end(gzipSync(Buffer.alloc(2_000_000, 32))),
  },
]
