import { runSubgraph } from '../../service/run.ts'
import { notes, notesBus, notesMigrations } from './notes.ts'

await runSubgraph(notes, { migrations: notesMigrations, bus: notesBus() })
