import { writeFileSync } from 'node:fs'
import { readOptions } from './command-line.ts'
import { visible } from './quoted.ts'
import { readSdl } from './supergraph/read-sdl.ts'
import { messageOf, UsageError } from './usage-error.ts'

try {
  const { supergraph, output } = readOptions('compose', process.argv.slice(2), {
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
  const { sdl } = await readSdl(supergraph)
  if (output === '-') process.stdout.write(`${sdl}\n`)
  else {
    writeFileSync(output, `${sdl}\n`)
    console.log(`Composed ${supergraph} into ${output}`)
  }
} catch (error) {
  console.error(
    visible(error instanceof UsageError ? error.message : `Composition failed: ${messageOf(error)}`),
  )
  process.exitCode = 1
}
