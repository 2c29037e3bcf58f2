import { runSubgraph } from '../../run.ts'
import { notes, notesMigrations } from './notes.ts'

await runSubgraph(notes, { migrations: notesMigrations })
