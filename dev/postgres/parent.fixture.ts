// A process that runs PostgreSQL on the given folder, prints its address, and runs until it is killed.
import { PostgresFailure } from './failure.ts'
import { startPostgres } from './start-postgres.ts'

const [dataDir = ''] = process.argv.slice(2)
try {
  const { processIds, url } = await startPostgres({ dataDir })
  console.log(JSON.stringify({ processIds, url: url('postgres') }))
} catch (error) {
  if (!(error instanceof PostgresFailure)) throw error
  console.log(JSON.stringify({ refused: error.message }))
}
