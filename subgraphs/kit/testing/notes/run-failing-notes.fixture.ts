import { runSubgraph } from '../../service/run.ts'
import { notes, notesMigrations } from './notes.ts'

/** Runs notes with resources that fail to open or to close: the argument. */
const [, , failing] = process.argv

await runSubgraph(
  {
    ...notes,
    async open(opening) {
      if (failing === 'open') throw new TypeError('a bug of open')
      return { ...(await notes.open(opening)), close: () => Promise.reject(new TypeError('a bug of close')) }
    },
  },
  { migrations: notesMigrations },
)
