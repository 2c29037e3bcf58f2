import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { withPicture } from './readme/readme.ts'
import { root } from './repository.ts'
import { readNoOptions } from './shop/start/option-table.ts'
import { runCommand } from './shop/start/run-command.ts'

process.exitCode = await runCommand({
  write: console.log,
  help: 'npm run picture\n\nDraws the diagram of README.md from supergraph.yaml and the schemas of the subgraphs.',
  read: () => readNoOptions(process.argv.slice(2)),
  async carryOut() {
    writeFileSync(path.join(root, 'README.md'), withPicture())
    return 0
  },
})
