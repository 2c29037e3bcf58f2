import { mutate } from './mutate/mutate.ts'
import { MisuseError, readRequest, usage } from './mutate/request.ts'
import { root } from './repository.ts'

// `npm run mutate -- FOLDER`: which changes of its code do the tests not notice?
const args = process.argv.slice(2)
if (args.length === 0 || args[0] === '--help') console.log(usage)
else {
  try {
    await mutate(readRequest(args, root), console.log)
  } catch (error) {
    if (!(error instanceof MisuseError)) throw error
    console.error(error.message)
    process.exitCode = 1
  }
}
