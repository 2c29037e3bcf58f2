import { writeFileSync } from 'node:fs'
import { printSchema } from 'graphql'
import { readOptions } from './command-line.ts'
import { visible } from './quoted.ts'
import { readSdl } from './supergraph/read-sdl.ts'
import { buildSupergraph } from './supergraph/supergraph.ts'
import { messageOf, UsageError } from './usage-error.ts'

try {
  const {
    supergraph,
    output,
    'client-schema': clientSchema,
  } = readOptions('compose', process.argv.slice(2), {
    supergraph: {
      value: 'FILE',
      meaning: 'the subgraphs, in the format of Rover',
      default: './supergraph.yaml',
    },
    output: {
      value: 'FILE',
      meaning: 'output file of the supergraph SDL; - is stdout',
      default: './supergraph.graphql',
    },
    'client-schema': {
      value: 'FILE',
      meaning: 'write the API schema to FILE instead; - is stdout',
    },
  })
  const { sdl } = await readSdl(supergraph)
  const [text, file] = clientSchema
    ? [printSchema(buildSupergraph(sdl).clientSchema), clientSchema]
    : [sdl, output]
  if (file === '-') process.stdout.write(`${text}\n`)
  else {
    writeFileSync(file, `${text}\n`)
    console.log(`Composed ${supergraph} into ${file}`)
  }
} catch (error) {
  console.error(
    visible(error instanceof UsageError ? error.message : `Composition failed: ${messageOf(error)}`),
  )
  process.exitCode = 1
}
