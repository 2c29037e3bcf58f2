import { globSync } from 'node:fs'
import path from 'node:path'
import { composeSupergraph } from './generate/supergraph.ts'
import { generate } from './generate.ts'
import { removeSymbols } from './install/remove-symbols.ts'
import { removeUnusedFiles } from './install/remove-unused-files.ts'
import { root } from './repository.ts'

// The postinstall script of `npm ci` and `npm install`.
removeUnusedFiles(path.join(root, 'node_modules'))
const node = path.join(root, 'node_modules/node')
removeSymbols(
  path.join(node, 'bin/node'),
  globSync('node_modules/*/bin/node', { cwd: node }).map((file) => path.join(node, file)),
)
try {
  await generate({ onProgress: console.log })
  await composeSupergraph()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
