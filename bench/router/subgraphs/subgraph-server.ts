import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Answer, Behaviour } from './answers.ts'
import type { Call } from './call-log.ts'

/** The counts of a subgraph; the process sums them up. */
export type Tally = { calls: number; bytesIn: number; bytesOut: number; log: Call[] | null }

/**
 * Serves one subgraph on a free port of 127.0.0.1, on bare node:http, so that the router is the bottleneck.
 */
export async function serveSubgraph(
  name: string,
  answer: Answer,
  tally: Tally,
  behaviour: Behaviour,
): Promise<{ port: number; server: Server }> {
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const came = performance.now()
    const body = await bodyOf(request)
    tally.calls++
    tally.bytesIn += body.length
    const computed = answer(body)
    // A stored answer is sent in the same turn.
    const bytes = computed instanceof Buffer ? computed : await computed
    tally.bytesOut += bytes.length
    if (behaviour.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, behaviour.delayMs))
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': bytes.length })
    response.end(bytes)
    tally.log?.push({ subgraph: name, body, came, answered: performance.now() })
  }
  const server = createServer({ keepAliveTimeout: 600_000, requestTimeout: 0 }, (request, response) => {
    handle(request, response).catch((error) => response.writeHead(500).end(String(error)))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', 4_096, resolve))
  // The address of a server that listens on a port is an object.
  return { port: (server.address() as AddressInfo).port, server }
}

function bodyOf(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    let body = ''
    request.setEncoding('utf8')
    request.on('data', (chunk: string) => {
      body += chunk
    })
    request.on('end', () => resolve(body))
    request.on('error', reject)
  })
}
