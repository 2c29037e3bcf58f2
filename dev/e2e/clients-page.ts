import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { root } from '../repository.ts'

/** The address of the graph in the snippets of docs/clients.md. */
const GRAPH = 'http://localhost:4000/graphql'

export type ClientsPage = {
  /** Imports a snippet by the file name in its first line. */
  load(file: string): Promise<Record<string, unknown>>
  /** Adds a file that a snippet imports. */
  write(file: string, text: string): void
  remove(): void
}

/**
 * Writes the snippets of docs/clients.md into a folder in which packages resolve, with `url` as the address
 * of the graph.
 */
export function clientsPage(url: string): ClientsPage {
  mkdirSync(path.join(root, '.data'), { recursive: true })
  const folder = mkdtempSync(path.join(root, '.data', 'clients-'))
  const write = (file: string, text: string) => writeFileSync(path.join(folder, file), text)
  const page = readFileSync(path.join(root, 'docs/clients.md'), 'utf8')
  for (const [, file = '', code = ''] of page.matchAll(/```ts\n\/\/ (\S+\.ts)\n([\s\S]*?)```/g))
    write(file, code.replaceAll(GRAPH, url))
  return {
    load: (file) => import(pathToFileURL(path.join(folder, file)).href),
    write,
    remove: () => rmSync(folder, { recursive: true }),
  }
}

/**
 * A `fetch` that handles cookies as a browser does: it sends them with `credentials: 'include'`.
 * @param seen called with each outgoing request
 */
export function browserFetch(seen: (request: Request) => void): typeof fetch {
  const send = globalThis.fetch
  const cookies = new Map<string, string>()
  return async (input, init) => {
    const request = new Request(input, init)
    // Node's Request does not keep `credentials`.
    const isIncluding = init?.credentials === 'include'
    if (isIncluding && cookies.size > 0)
      request.headers.set('cookie', [...cookies].map(([name, value]) => `${name}=${value}`).join('; '))
    seen(request.clone())
    const response = await send(request)
    for (const line of isIncluding ? response.headers.getSetCookie() : []) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      cookies.set(name, value)
    }
    return response
  }
}
