import path from 'node:path'
import { composeSupergraph } from './generate/supergraph.ts'
import { generate } from './generate.ts'
import { removeUnusedFiles } from './install/remove-unused-files.ts'
import { root } from './repository.ts'

// The end of `npm ci` and `npm install`.
removeUnusedFiles(path.join(root, 'node_modules'))
try {
  await generate({ onProgress: console.log })
  await composeSupergraph()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
