import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { sourceFiles } from './check/source-files.ts'
import { limitsPage } from './docs/limits.ts'
import { root } from './repository.ts'
import { readNoOptions } from './shop/start/option-table.ts'
import { runCommand } from './shop/start/run-command.ts'

process.exitCode = await runCommand({
  write: console.log,
  help: 'npm run limits\n\nWrites docs/limits.md: limits, periods and defaults that the source writes as one value.',
  read: () => readNoOptions(process.argv.slice(2)),
  async carryOut() {
    writeFileSync(path.join(root, 'docs/limits.md'), limitsPage(sourceFiles(root)))
    return 0
  },
})
