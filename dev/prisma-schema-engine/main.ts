import { version } from '@prisma/schema-engine-wasm'
import { readCommandLine } from './command-line.ts'
import { connectionFields, createTargetDatabase, runOnce } from './connection.ts'
import { openEngine } from './engine.ts'
import { logFailure } from './engine-log.ts'
import { answerRequests } from './json-rpc.ts'

const { verb, url = '', datamodels } = readCommandLine(process.argv.slice(2))
switch (verb) {
  case 'version':
    console.log(`schema-engine-cli ${version()}`)
    break
  case 'rpc':
    await answerRequests(openEngine(url, datamodels), process.stdin, process.stdout)
    break
  case 'can-connect-to-database':
    await runOnce(connectionFields(url), 'SELECT 1').catch(fail)
    break
  case 'create-database':
    await createTargetDatabase(url).catch(fail)
    break
}
// Idle pooled sessions would keep the process alive.
process.exit()

function fail(error: unknown): void {
  process.stderr.write(logFailure(error))
  process.exitCode = 1
}
