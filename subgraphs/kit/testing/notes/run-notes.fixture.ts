import { runSubgraph } from '../../service/run.ts'
import { notes, notesMigrations } from './notes.ts'

await runSubgraph(notes, { migrations: notesMigrations })
