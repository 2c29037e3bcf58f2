import path from 'node:path'
import { parse, print, visit } from 'graphql'
import { expect, test } from 'vitest'
import { readSdl } from '../../router/supergraph/read-sdl.ts'
import { composedSupergraph, supergraphYaml } from '../generate/supergraph.ts'
import { root } from '../repository.ts'

const HEAD = `# The composed graph

The schemas of all subgraphs as the router composes them, without descriptions. A change of a type, an argument, a default or a directive
changes this page, so that a reviewer sees its effect on clients and on the router.
\`npx vitest run dev/docs/composed-graph.test.ts -u\` writes this page.
`

test('docs/contracts/graph.md is the composed graph', async () => {
  const { sdl } = await readSdl(supergraphYaml, composedSupergraph)
  const graph = visit(parse(sdl), {
    enter: (node) => ('description' in node ? { ...node, description: undefined } : undefined),
  })
  const page = `${HEAD}\n\`\`\`graphql\n${print(graph)}\n\`\`\`\n`
  await expect(page).toMatchFileSnapshot(path.join(root, 'docs/contracts/graph.md'))
})
