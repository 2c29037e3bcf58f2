import { writeFileSync } from 'node:fs'
import { readOptions } from './command-line.ts'
import { composeSubgraphs } from './supergraph/compose.ts'
import { describeProblem } from './supergraph/composition-problem.ts'
import { readSupergraphYaml } from './supergraph/supergraph-yaml.ts'
import { messageOf, UsageError } from './usage-error.ts'

try {
  const options = readOptions('compose', process.argv.slice(2), {
    supergraph: {
      value: 'FILE',
      meaning: 'the subgraphs, in the format of Rover',
      default: './supergraph.yaml',
    },
    output: {
      value: 'FILE',
      meaning: 'where the supergraph SDL goes; - is stdout',
      default: './supergraph.graphql',
    },
  })
  const { subgraphs } = readSupergraphYaml(options.supergraph)
  const composed = composeSubgraphs(subgraphs)
  if (!composed.ok) {
    const { problems } = composed
    throw new UsageError(
      `${options.supergraph} does not compose: ${problems.length} ${problems.length === 1 ? 'error' : 'errors'}\n\n` +
        problems.map((problem) => `  ${describeProblem(problem)}`).join('\n\n'),
    )
  }
  if (options.output === '-') process.stdout.write(`${composed.sdl}\n`)
  else writeFileSync(options.output, `${composed.sdl}\n`)
  const names = subgraphs.map((subgraph) => subgraph.name).join(', ')
  console.error(
    `Composed ${subgraphs.length} subgraphs (${names})${options.output === '-' ? '' : ` into ${options.output}`}`,
  )
} catch (error) {
  console.error(error instanceof UsageError ? error.message : `Composition failed: ${messageOf(error)}`)
  process.exitCode = 1
}
