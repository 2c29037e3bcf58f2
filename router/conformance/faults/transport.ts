import { gzipSync } from 'node:zlib'
import { json } from '../../testing/http-server.ts'
import type { FaultCase } from '../fault.ts'
import type { Misbehave } from '../subgraph-host.ts'

const status =
  (code: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Misbehave =>
  (_, response) =>
    response.writeHead(code, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))

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
  { name: 'never answers', misbehave: () => {} },
  {
    name: 'sends headers and hangs',
    misbehave: (_, response) => response.writeHead(200, { 'content-length': '500' }).flushHeaders(),
  },
  {
    name: 'drips its body',
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
