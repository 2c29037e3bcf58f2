import { createInterface } from 'node:readline'
import type { Shop } from '../start/start-shop.ts'
import { isSubgraphName, SUBGRAPH_NAMES } from '../subgraphs/subgraphs.ts'
import { shownUrl } from './shown-url.ts'

const HELP = [
  'stop NAME     stops one subgraph: the rest of the graph goes on without it',
  'start NAME    starts it again, with the code as it is now',
  'status        which subgraphs run',
  'help          this text',
  `where NAME is one of ${SUBGRAPH_NAMES.join(', ')}`,
].join('\n')

/** Runs commands typed while the shop runs, e.g. to try a partial failure. */
export function listenToConsole(
  shop: Shop,
  input: NodeJS.ReadableStream,
  write: (text: string) => void,
): () => void {
  const lines = createInterface({ input })
  lines.on('line', (line) => {
    handleCommand(shop, line.trim()).then(
      (answer) => answer && write(answer),
      (error: unknown) => write(`that failed: ${error instanceof Error ? error.message : String(error)}`),
    )
  })
  return () => lines.close()
}

/** Runs one typed line and returns the reply. */
export async function handleCommand(shop: Shop, line: string): Promise<string> {
  const [verb = '', name = '', ...more] = line.split(/\s+/)
  if (verb === '') return ''
  if (verb === 'help') return HELP
  if (verb === 'status') return status(shop)
  if ((verb !== 'stop' && verb !== 'start') || more.length > 0)
    return `"${line}" is not known. There are:\n${HELP}`
  if (!isSubgraphName(name)) return `there is no subgraph "${name}": there are ${SUBGRAPH_NAMES.join(', ')}`
  const subgraph = shop.subgraph(name)
  if (verb === 'stop') await subgraph.stop()
  else await subgraph.start()
  return subgraph.isRunning() ? `${name} runs at ${shownUrl(subgraph.url)}` : `${name} is stopped`
}

function status({ subgraphs }: Shop): string {
  const width = Math.max(...subgraphs.map(({ name }) => name.length))
  return subgraphs
    .map(({ name, url, isRunning }) => `${name.padEnd(width)} ${isRunning() ? shownUrl(url) : 'stopped'}`)
    .join('\n')
}
