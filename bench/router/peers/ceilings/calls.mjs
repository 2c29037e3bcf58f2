// Makes the subgraph calls of a router, level by level, by undici, and sends a canned answer: the cost of
// fetching alone. Arguments: a JSON file { levels: [[{ origin, body }]], answer }; the port.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { Pool } from 'undici'

const [file, port] = process.argv.slice(2)
const { levels, answer } = JSON.parse(readFileSync(file, 'utf8'))
const bytes = Buffer.from(answer)
const pools = new Map()
for (const { origin } of levels.flat())
  pools.set(origin, new Pool(origin, { connections: 128, pipelining: 1 }))

const server = createServer((request, response) => {
  request.resume()
  request.on('end', async () => {
    for (const level of levels) await Promise.all(level.map(call))
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': bytes.length })
    response.end(bytes)
  })
})
server.listen(Number(port), '127.0.0.1')

function call({ origin, body }) {
  return new Promise((resolve, reject) => {
    const chunks = []
    const options = {
      path: '/graphql',
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body,
    }
    pools.get(origin).dispatch(options, {
      onRequestStart() {},
      onResponseStart() {},
      onResponseData: (_controller, chunk) => chunks.push(chunk),
      onResponseEnd: () => resolve(chunks),
      onResponseError: (_controller, error) => reject(error),
    })
  })
}
