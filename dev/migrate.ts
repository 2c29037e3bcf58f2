import { migrate, usage } from './migrate/migrate.ts'
import { MisuseError } from './migrate/request.ts'
import { PostgresFailure } from './postgres/failure.ts'

const args = process.argv.slice(2)
// After a command, `--help` is Prisma's.
if (args.length === 0 || args.slice(0, 2).includes('--help')) console.log(usage)
else {
  try {
    process.exitCode = await migrate(args)
  } catch (error) {
    if (!(error instanceof MisuseError || error instanceof PostgresFailure)) throw error
    console.error(error.message)
    process.exitCode = 1
  }
}
