import { execFileSync } from 'node:child_process'
import path from 'node:path'
import { makeSubgraph } from './new/make-subgraph.ts'
import { BadName, HELP, type Names, readNames } from './new/names.ts'
import { root } from './repository.ts'

function run(names: Names): void {
  const { subgraph } = names
  const files = makeSubgraph(names, root, new Date())
  const run = (program: string, ...args: string[]) =>
    execFileSync(program, args, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] })
  // A name that is longer or shorter than the template's breaks lines elsewhere.
  const formatted = files.filter((file) => /\.(ts|json|graphql)$/.test(file) && file !== 'package-lock.json')
  run(path.join(root, 'node_modules/.bin/biome'), 'check', '--write', '--log-level=error', ...formatted)
  run(process.execPath, 'dev/generate.ts', subgraph)
  console.log(`made ${files.length} files:`)
  for (const file of files) console.log(`  ${file}`)
  console.log(
    [
      '',
      `npx vitest run subgraphs/${subgraph}   its tests`,
      `npm run subgraph -- ${subgraph}        it alone, with a Sandbox`,
      'npm start                              the shop with it',
      'npm run check                          whether everything holds',
      '',
      'docs/adding-a-subgraph.md goes on from here.',
    ].join('\n'),
  )
}

/** `npm run new -- NAME`: makes a subgraph. */
try {
  const names = readNames(process.argv.slice(2))
  if (names) run(names)
  else console.log(HELP)
} catch (error) {
  console.error(error instanceof BadName ? `${error.message}\n\n${HELP}` : error)
  process.exitCode = 1
}
