import { Agent, request } from 'node:http'

export type Answer = { readonly status: number; readonly text: string }

/** One POST of JSON over keep-alive connections. Rejects if there is no complete response. */
export type Post = (url: URL, body: string, headers?: Readonly<Record<string, string>>) => Promise<Answer>

export type Connections = { readonly post: Post; close(): void }

/**
 * @param most concurrent connections to one server; further requests wait
 * @param localAddress the IPv4 address of this machine that they come from
 */
export function connections(most: number, localAddress?: string): Connections {
  const from = localAddress === undefined ? {} : { localAddress, family: 4 }
  const agent = new Agent({ keepAlive: true, maxSockets: most, ...from })
  return {
    close: () => agent.destroy(),
    post: (url, body, headers = {}) =>
      new Promise((resolve, reject) => {
        const length = Buffer.byteLength(body)
        const exchange = request(url, {
          agent,
          method: 'POST',
          headers: { ...headers, 'content-type': 'application/json', 'content-length': length },
        })
        exchange.once('error', reject)
        exchange.once('response', (response) => {
          let text = ''
          response.setEncoding('utf8')
          response.on('data', (chunk: string) => {
            text += chunk
          })
          response.once('error', reject)
          response.once('end', () => resolve({ status: response.statusCode ?? 0, text }))
        })
        exchange.end(body)
      }),
  }
}
