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
  // Names of another length than the template's wrap lines differently.
  const formatted = files.filter((file) => /\.(ts|json|graphql)$/.test(file) && file !== 'package-lock.json')
  run(path.join(root, 'node_modules/.bin/biome'), 'check', '--write', '--log-level=error', ...formatted)
  run(process.execPath, 'dev/generate.ts', subgraph)
  console.log(`wrote ${files.length} files:`)
  for (const file of files) console.log(`  ${file}`)
  console.log('\nNext:')
  for (const [command, purpose] of [
    [`npx vitest run subgraphs/${subgraph}`, 'runs its tests'],
    [`npm run subgraph -- ${subgraph}`, 'runs it alone, with Apollo Sandbox'],
    ['npm start', 'runs the shop with it'],
    ['npm run check', 'checks types, conventions and composition'],
  ] as const)
    console.log(`  ${command.padEnd(30 + subgraph.length)}${purpose}`)
  console.log('\ndocs/adding-a-subgraph.md continues from here.')
}

/** `npm run new -- NAME`: creates a subgraph. */
try {
  const names = readNames(process.argv.slice(2))
  if (names) run(names)
  else console.log(HELP)
} catch (error) {
  console.error(error instanceof BadName ? `${error.message}\n\n${HELP}` : error)
  process.exitCode = 1
}
